"""渲染：模板加事实得公文（docxtpl 语法），公文再转 PDF。

事实永远是数据：表里写着 {{ … }}、&、<、换行，印出来就是这些字。模板的每个版本只解析一次；
模板和事实相同，字节就相同。
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
import traceback
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import jinja2
from docxtpl import DocxTemplate  # type: ignore[import-untyped, unused-ignore]
from jinja2.exceptions import SecurityError
from lxml import etree  # type: ignore[import-untyped, unused-ignore]

from pyengine.docx_file import TAGGED, TemplateProblem, bad_tag, members_of, parsed, plain, refuse_odd_tags
from pyengine.durable import put
from pyengine.kinds import LetterProblem
from pyengine.sandbox import Refused, sandbox

STAFF_FOLDER: Final = "公文模板"
PDF_BATCH: Final = 50
PDF_SECONDS: Final = 300
_STAMP: Final = (1980, 1, 1, 0, 0, 0)
_TAG: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_OPENING: Final = re.compile(r"\{[{%]")
_NAME: Final = re.compile(r"'([^']*)' is undefined|no attribute '([^']*)'")
_WHY: Final = {
    Refused: "", SecurityError: "越出了模板许可的范围", ZeroDivisionError: "除数是 0", TypeError: "这几样放不到一起", OverflowError: "数太大",
    RecursionError: "套得太深", MemoryError: "内容太长",
}  # fmt: skip
_FOLDERS: Final = ("Program Files", "Program Files (x86)")
_OFFICES: Final = ("soffice", "libreoffice", *(rf"C:\{folder}\LibreOffice\program\soffice.com" for folder in _FOLDERS))


class PdfUnavailable(LetterProblem):
    """转不成 PDF：没有装 LibreOffice，或转换没有成功。"""


@dataclass(frozen=True, slots=True)
class Part:
    """模板里带标记的一个部件：整理后的源文和编译结果。"""

    name: str
    source: str
    compiled: jinja2.Template


@dataclass(frozen=True, slots=True)
class Parsed:
    """解析过的模板：全部部件原字节，加上带标记的部件。"""

    name: str
    members: tuple[tuple[str, bytes], ...]
    parts: tuple[Part, ...]


def template_path(name: str, ledger_dir: Path | None) -> Path | Traversable:
    """模板文件：台账旁“公文模板”里有工作人员改过的就用它，否则用随程序的底稿。"""
    file = f"{name}.docx"
    staff = ledger_dir / STAFF_FOLDER / file if ledger_dir else None
    return staff if staff and staff.is_file() else files("duban_templates") / file


def render(template: Path | Traversable | bytes, context: Mapping[str, object]) -> bytes:
    """公文：模板填上事实后的 docx 字节。模板打不开、标记有错、名称没有，则 TemplateProblem。"""
    name = "模板" if isinstance(template, bytes) else f"模板“{template.name}”"
    parsed = _parse(name, template if isinstance(template, bytes) else _read(name, template))
    made = {part.name: _fill(parsed.name, part, context) for part in parsed.parts}
    return _zipped((member, made.get(member, data)) for member, data in parsed.members)


def _read(name: str, template: Path | Traversable) -> bytes:
    try:
        return template.read_bytes()
    except OSError as error:
        raise TemplateProblem(f"{name}读不出来", "请核对文件是否还在、是否正被别的程序占用") from error


@lru_cache(maxsize=32)
def _parse(name: str, data: bytes) -> Parsed:
    members = members_of(name, data)
    sources = ((member, _source(name, members[member])) for member in members if TAGGED.fullmatch(member))
    parts = tuple(_compile(name, member, source) for member, source in sources if _OPENING.search(source))
    return Parsed(name, tuple(members.items()), parts)


def _source(name: str, part: bytes) -> str:
    """部件的 jinja2 源文：拼好被 Word 拆散的标记（docxtpl），一段一行以便报错时找到原处。"""
    text = etree.tostring(parsed(part), encoding="unicode")
    refuse_odd_tags(name, text)
    patched: str = DocxTemplate(io.BytesIO()).patch_xml(text)
    return re.sub(r"<w:p([ >])", r"\n<w:p\1", patched)


def _compile(name: str, member: str, source: str) -> Part:
    try:
        return Part(member, source, sandbox().compiled(source))
    except jinja2.TemplateSyntaxError as error:
        raise bad_tag(name, plain(source.split("\n")[error.lineno - 1])) from error
    except Refused as error:
        advice = "模板里只能取值、用 if 判断、用 for 循环、加过滤器，请照手册“模板可用的名称”写"
        raise TemplateProblem(f"{name}的标记“{_tag(source, error.line)}”不能用：{error}", advice) from error
    except Exception as error:  # 套得太深、数字太长，jinja2 和 Python 各报各的
        raise bad_tag(name, plain(next(iter(_TAG.findall(source)), ""))) from error


def _fill(name: str, part: Part, context: Mapping[str, object]) -> bytes:
    try:
        text = "".join(_pieces(part, context))
    except jinja2.UndefinedError as error:
        word = _undefined(error)
        where = next((tag for tag in _TAG.findall(part.source) if word in tag), word)
        advice = f"请照手册“模板可用的名称”核对“{word}”，或从随程序的模板里复制这个标记"
        raise TemplateProblem(f"{name}的标记“{plain(where)}”用了没有的名称", advice) from error
    except Exception as error:  # 模板里的式子由工作人员写，什么错都可能
        where, why = _tag(part.source, _line(error)), _WHY.get(type(error), f"{type(error).__name__}")
        advice = "请恢复成随程序的模板里的写法"
        raise TemplateProblem(f"{name}的标记“{where}”算不出来（{why or error}）", advice) from error
    return _well_formed(name, text)


def _pieces(part: Part, context: Mapping[str, object]) -> Iterator[str]:
    sandbox().refill()
    for piece in part.compiled.generate(context):
        sandbox().spend(len(piece))
        yield piece


def _line(error: BaseException) -> int:
    """差错出在源文的第几行；不知道为 0。"""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 0 for frame in reversed(frames) if frame.filename == "<template>"), 0)


def _tag(source: str, line: int) -> str:
    """源文这一行（一段）的第一个标记；没有标记的写这一行的字。"""
    text = source.split("\n")[line - 1] if line else source
    return plain(next(iter(_TAG.findall(text)), text))


def _well_formed(name: str, text: str) -> bytes:
    """填好的部件；标记拆坏了文档结构则 TemplateProblem。"""
    try:
        parsed(text)
        tree = DocxTemplate(io.BytesIO()).fix_tables(text)
    except (etree.XMLSyntaxError, KeyError, AttributeError, TypeError, ValueError) as error:
        advice = "请让成对的 {% … %} 各占一整段（写 {%p … %}）或一整行（写 {%tr … %}）"
        raise TemplateProblem(f"{name}里成对的标记跨了段落或表格行", advice) from error
    data: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


def _undefined(error: jinja2.UndefinedError) -> str:
    found = _NAME.search(str(error))
    return (found[1] or found[2]) if found else str(error)


def _zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    """日期固定的压缩包。"""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members:
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(entry, data)
    return packed.getvalue()


def office_path() -> str | None:
    """LibreOffice 的命令；没有装则 None。"""
    return next(filter(None, map(shutil.which, _OFFICES)), None)


def require_pdf() -> None:
    """没有 LibreOffice 则 PdfUnavailable：先说清再动手。"""
    if office_path() is None:
        advice = "请装上 LibreOffice，或在 Word、WPS 里另存为 PDF"
        raise PdfUnavailable("这台电脑没有装 LibreOffice，转不成 PDF", advice)


def to_pdf(paths: Sequence[Path], out_dir: Path) -> tuple[Path, ...]:
    """各公文的 PDF，与原件同名，放在 out_dir。没有 LibreOffice 或没有转成则 PdfUnavailable。"""
    require_pdf()
    office = office_path() or ""
    out_dir.mkdir(parents=True, exist_ok=True)
    batches = (paths[start : start + PDF_BATCH] for start in range(0, len(paths), PDF_BATCH))
    return tuple(made for batch in batches for made in _convert(office, batch, out_dir))


def _convert(office: str, paths: Sequence[Path], out_dir: Path) -> list[Path]:
    """转一批：用临时的用户配置和纯英文的临时文件名，不惊动正开着的 LibreOffice，也不受系统编码之累。"""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        copies = [Path(shutil.copyfile(path, work / f"{index:04}.docx")) for index, path in enumerate(paths)]
        profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, *map(str, copies)]
        try:
            subprocess.run(command, capture_output=True, timeout=PDF_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PdfUnavailable("LibreOffice 没有响应，转不成 PDF", "请在 Word、WPS 里另存为 PDF") from error
        return [_collect(copy, path, out_dir) for copy, path in zip(copies, paths, strict=True)]


def _collect(copy: Path, original: Path, out_dir: Path) -> Path:
    made = copy.with_suffix(".pdf")
    if not made.is_file():
        raise PdfUnavailable(f"“{original.name}”没有转成 PDF", "请在 Word、WPS 里打开它，另存为 PDF")
    target = out_dir / f"{original.stem}.pdf"
    put(target, made.read_bytes())
    return target
