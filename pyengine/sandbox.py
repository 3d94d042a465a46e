"""沙箱：模板的标记只许取值、if 判断、for 循环、过滤器；读不到文件，碰不到程序，算多少、印多长都有限。

模板由人改，也可能从别处拷来，所以当作来历不明的东西看待。
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache, wraps
from numbers import Real
from typing import Any, Final

import jinja2
from duban_templates.filters import FILTERS  # type: ignore[import-not-found, unused-ignore]
from jinja2 import nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

BUDGET: Final = 20_000_000
"""一个部件算的步数：印出、过滤一个字是一步，循环一次是 _TURN 步。两千项的公文用去不到一半。"""

_TURN: Final = 100
_EACH: Final = "逐个"
_ILLEGAL: Final = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ALLOWED: Final = frozenset({
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.CondExpr, nodes.Name, nodes.Const, nodes.Getattr,
    nodes.Getitem, nodes.Slice, nodes.Tuple, nodes.List, nodes.Filter, nodes.Test, nodes.Keyword, nodes.Compare, nodes.Operand, nodes.Not,
    nodes.And, nodes.Or, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos,
})  # fmt: skip
_BORROWED: Final = (
    "abs", "capitalize", "count", "d", "default", "first", "float", "int", "last", "length", "list", "lower", "map", "max", "min", "reject",
    "rejectattr", "reverse", "select", "selectattr", "sort", "title", "trim", "truncate", "unique", "upper",
)  # fmt: skip
_TESTS: Final = (
    "boolean", "defined", "eq", "equalto", "==", "false", "ge", "gt", "in", "le", "lt", "ne", "none", "number", "string", "true", "undefined",
)  # fmt: skip


class Refused(Exception):
    """标记要做不许做的事：话是对改模板的人说的；line 是源文的第几行（0 不知道）。"""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.line = line


class Sandbox(ImmutableSandboxedEnvironment):
    """只有许可的语句、过滤器和判断；转义一切事实，没有的名称即报错。每填一个部件以前 refill。"""

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=jinja2.StrictUndefined, finalize=printed)
        known = {**{name: self.filters[name] for name in _BORROWED}, "join": self._joined, **FILTERS}
        known.update({function.__name__: function for function in FILTERS.values()})
        self.filters = {name: self._measured(function) for name, function in known.items()}
        self.filters[_EACH] = self._counted
        self.tests = {name: self.tests[name] for name in _TESTS}
        self.globals.clear()
        self._left = 0

    def refill(self) -> None:
        """从头算起。"""
        self._left = BUDGET

    def spend(self, steps: int) -> None:
        """用去若干步；用完了抛 Refused。"""
        self._left -= steps
        if self._left < 0:
            raise Refused("循环太多，或印出的内容太长")

    def compiled(self, source: str) -> jinja2.Template:
        """编译好的模板。写错了抛 TemplateSyntaxError，写了不许写的抛 Refused。"""
        tree = self.parse(source)
        for node in tree.find_all(nodes.Node):
            _check(node)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, _EACH, [], [], None, None, lineno=loop.lineno)
        tree.set_environment(self)
        return self.from_string(tree)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """加减乘除只用在数上：文字乘以数能把内存占满。"""
        if all(isinstance(side, Real | jinja2.Undefined) for side in (left, right)):
            return super().call_binop(context, operator, left, right)
        raise Refused("加减乘除只能用在数上；文字挨着写就行")

    def _measured(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """记步数的过滤器。"""

        @wraps(function)
        def measured(*args: Any, **options: Any) -> Any:
            self.spend(sum(len(value) for value in args if isinstance(value, str | tuple | list)))
            made = function(*args, **options)
            self.spend(len(made) if isinstance(made, str | list) else 0)
            return self._counted(made) if isinstance(made, Iterator) else made

        return measured

    def _counted(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self.spend(_TURN)
            yield value

    def _joined(self, values: Iterable[Any], mark: str = "") -> str:
        """join：先记步数再连。"""
        pieces = [str(value) for value in self._counted(values)]
        self.spend(sum(map(len, pieces)) + len(pieces) * len(str(mark)))
        return str(mark).join(pieces)


def _check(node: nodes.Node) -> None:
    if type(node) not in _ALLOWED:
        raise Refused("只许取值、if 判断、for 循环和过滤器", node.lineno)
    written: Sequence[nodes.Node] = ()
    if isinstance(node, nodes.Filter | nodes.Test):
        written = [
            *node.args,
            *(option.value for option in node.kwargs),
            *filter(None, (node.dyn_args, node.dyn_kwargs)),
        ]
    elif isinstance(node, nodes.List) or (isinstance(node, nodes.Tuple) and node.ctx == "load"):
        written = node.items
    if not all(isinstance(item, nodes.Const | nodes.Neg | nodes.List | nodes.Tuple) for item in written):
        raise Refused("括号里只能写数或加引号的文字", node.lineno)


def printed(value: object) -> object:
    """填进公文的一个值：去掉 XML 不容的控制字符，换行、制表变成 Word 的换行、制表。"""
    if value is None:
        return ""
    if isinstance(value, jinja2.Undefined | Markup):
        return value
    if not isinstance(value, str | Real | date):
        raise Refused("印的不是一个值；一列名称用 |顿号 连起来，一行一行的用 for 循环")
    text = re.sub("\r\n?|[\u000b\u2028\u2029]", "\n", str(value))
    marked = str(escape(_ILLEGAL.sub("", text)))
    opening = '<w:t xml:space="preserve">'
    return Markup(marked.replace("\n", f"</w:t><w:br/>{opening}").replace("\t", f"</w:t><w:tab/>{opening}"))


@lru_cache(maxsize=1)
def sandbox() -> Sandbox:
    """各模板共用的沙箱。"""
    return Sandbox()
