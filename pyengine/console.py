"""对人说的话：每个命令做完以后在屏幕上说什么。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pyengine.adopt import Adoption
from pyengine.adopt.report import describe
from pyengine.cards import standing
from pyengine.doctor import Check
from pyengine.grid import Written
from pyengine.history import Backup, Restored, Run, Story, described
from pyengine.model import Finding
from pyengine.nightly import Done
from pyengine.outcome import Outcome
from pyengine.preview import Planned
from pyengine.refresh import Result
from pyengine.terms import SEVERITIES, STATUSES

COMMANDS = {
    "refresh": "刷新",
    "letters": "起草公文",
    "rebuild": "从备份重建",
    "restore": "恢复",
    "undo": "撤销刷新",
    "nightly": "夜间任务",
    "looked": "夜间任务（台账开着）",
}


class _Screen(Console):
    """屏幕：话说不出去（转存输出的磁盘满了、管道断了）不算差错，事已经做完了。"""

    def print(self, *objects: Any, **options: Any) -> None:
        with suppress(OSError):
            super().print(*objects, **options)

    def on_broken_pipe(self) -> None:
        pass


_out = _Screen(highlight=False, markup=False, soft_wrap=True)


def print_new(path: Path) -> None:
    """新建完成。"""
    _out.print(f"已建好台账：{path}")
    _out.print(f"填好后运行：duban refresh {path}")


def print_adopt(path: Path, map_file: Path | None, result: Adoption) -> None:
    """迁入完成：每张表怎样认的，多少项，哪里须核对，下一步。"""
    _out.print(f"已迁成台账：{path}（{len(result.survey.drafts)} 项；单位名录{result.roster}）")
    for finding in result.survey.found:
        target = f" → {finding.ledger}" if finding.ledger else ""
        _out.print(f"  {finding.sheet.name}{target}：{describe(finding)}")
    _out.print(result.totals)
    _out.print(f"先看“迁移报告”表里标了级别的行，改好后运行：duban refresh {path}")
    if map_file is not None:
        _out.print(f"表头对照见 {map_file}；认得不对的，改“对应为”一列后加 --force 再迁一次")


def print_refresh(ledger: Path, result: Result, live: bool) -> None:
    """刷新完成：改了多少，各状态几项，还有什么要办。"""
    outcome, written = result.outcome, result.written
    done = f"已刷新 {ledger.name}（判定日 {outcome.as_of}）"
    untouched = "没有变化" if live else "没有变化，文件未动"
    _out.print(f"{done}：改写 {written.cells} 格" if written.cells else f"{done}：{untouched}")
    _print_outcome(outcome)
    if live and written.cells:
        _out.print("还没有存盘：看过以后请保存；不要的，点“撤销刷新”")


def _print_outcome(outcome: Outcome) -> None:
    _out.print(_statuses(outcome))
    _out.print(_figures(outcome))
    _out.print(_tally(outcome.findings))


def print_preview(ledger: Path, result: Result, planned: Sequence[Planned], listing: Path | None) -> None:
    """预览：会改多少格，逐格由什么改成什么；另存了清单的不逐格说。"""
    _out.print(f"预览 {ledger.name}（判定日 {result.outcome.as_of}）：刷新会改 {len(planned)} 格，现在什么也没有写")
    _print_outcome(result.outcome)
    if listing is not None:
        _out.print(f"清单：{listing}")
        return
    for item in planned:
        head = f"（{item.column}）" if item.column else ""
        number = f"{item.number}：" if item.number else ""
        change = f"{item.old or '（空）'} → {item.new or '（空）'}".replace("\n", "↵")
        _out.print(f"{item.sheet}!{item.cell}{head} {number}{change}")


def print_taken_back(ledger: Path, written: Written, left: int) -> None:
    """撤销完成。"""
    if not written.cells:
        _out.print(f"{ledger.name} 上次的刷新没有可退的：写过的 {left} 格在那以后都变过，没有动")
        return
    _out.print(f"已撤销 {ledger.name} 上次的刷新：退回 {written.cells} 格，还没有存盘")
    if left:
        _out.print(f"另有 {left} 格在那以后又变过，或在答复过的清单里，没有动")


def _statuses(outcome: Outcome) -> str:
    counts = Counter(verdict.status for verdict in outcome.verdicts)
    return f"{len(outcome.verdicts)} 项：" + (
        "、".join(f"{word} {counts[word]}" for word in STATUSES if counts[word]) or "（空台账）"
    )


def _figures(outcome: Outcome) -> str:
    cards = Counter(card.colour for card in outcome.cards if standing(card))
    shown = "、".join(f"{colour} {count}" for colour, count in cards.items()) or "无"
    return f"待办提醒 {len(outcome.reminders)} 条；应发提示 {len(outcome.prompts)} 件；亮牌 {shown}"


def _tally(findings: Sequence[Finding]) -> str:
    counts = Counter(item.severity for item in findings)
    return "校验：" + ("、".join(f"{word} {counts[word]}" for word in SEVERITIES if counts[word]) or "没有问题")


def print_findings(ledger: Path, findings: Sequence[Finding], listing: Path | None) -> None:
    """校验结果：逐条位置、问题、建议；另存了清单的不逐条说。"""
    _out.print(f"{ledger.name} {_tally(findings)}")
    if listing is not None:
        _out.print(f"清单：{listing}")
        return
    for item in findings:
        where = f"{item.sheet}!{item.cell}（{item.column}）" if item.cell else item.sheet
        number = f"{item.number}：" if item.number else ""
        _out.print(f"[{item.severity} {item.code}] {where} {number}{item.message}。{item.advice}")


def print_note(note: str) -> None:
    """附带要说的一句话；没有就不说。"""
    if note:
        _out.print(note)


def print_history(ledger: Path, story: Story, found: Sequence[Backup]) -> None:
    """历史：每次运行，人的每处改动，能恢复的备份。"""
    _out.print(f"{ledger.name} 的历史")
    _out.print(f"运行 {len(story.runs)} 次{'：' if story.runs else ''}")
    for run in story.runs:
        _out.print(f"  {run.at} {COMMANDS.get(run.command, run.command)}{_run_detail(run)}")
    _out.print(f"人的改动 {len(story.changes)} 处" + ("（前面是首次见到的时刻）：" if story.changes else ""))
    for noticed in story.changes:
        _out.print(f"  {noticed.at} {described(noticed.change)}（{noticed.since} 以后改的）")
    _out.print(f"备份 {len(found)} 份" + (f"（恢复：duban restore {ledger} --at 时刻）：" if found else ""))
    for backup in found:
        _out.print(f"  {backup.at:%Y-%m-%d %H:%M:%S} {backup.path.name}")


def _run_detail(run: Run) -> str:
    if run.detail:
        return f"（{run.detail}）"
    return f"（判定日 {run.as_of}）：" + (f"改写 {run.cells} 格" if run.cells else "没有改动台账")


def print_restored(ledger: Path, done: Restored) -> None:
    """恢复完成。"""
    if not done.changed:
        _out.print(f"{ledger.name} 本来就和备份 {done.backup.path.name} 一样，没有改动")
        return
    _out.print(
        f"已把 {ledger.name} 恢复成 {done.backup.at:%Y-%m-%d %H:%M:%S} 写入以前的样子（{done.backup.path.name}）"
    )
    if done.saved is not None:
        _out.print(f"换下的另存为备份 {done.saved.name}；恢复错了，再运行一次 duban restore {ledger}")
    _out.print("请打开核对：那以后填过的要补上，督查记录里已发出的公文不补，文号会重号、提示会重发")


def print_night(ledger: Path, done: Done | None) -> None:
    """夜间任务做完：写回没有、摘要在哪里、起草了什么；这一夜已经做过的为 None。"""
    if done is None:
        _out.print(f"{ledger.name} 这一夜的任务已经做过，不再做")
        return
    _out.print(f"{ledger.name} 夜间任务（判定日 {done.result.outcome.as_of}）：{done.remarks[0]}")
    for remark in done.remarks[1:]:
        _out.print(remark)
    drafted = [path for _, path in done.result.letters if path]
    if drafted:
        _out.print(f"已起草公文 {len(drafted)} 件，放在 {drafted[0].parent}")
    _out.print(f"每日摘要：{done.digest}" if done.digest else "每日摘要没有写成，原因见 .duban/nightly.log")
    _out.print(_tally(done.result.outcome.findings))


def print_letters(folder: Path, result: Result, live: bool) -> None:
    """公文起草完成。"""
    if result.late:
        _out.print(f"上次起草中断、已登记而没有放好的 {len(result.late)} 件，这次补放在 {folder}")
        for path in result.late:
            _out.print(f"  {path.name}")
    drafted = [path for _, path in result.letters if path]
    if not drafted:
        _out.print("今天没有要发的公文")
        return
    _out.print(f"已起草 {len(drafted)} 件，放在 {folder}")
    for path in drafted:
        _out.print(f"  {path.name}")
    if result.written.cells:
        _out.print("已登记到督查记录，请保存台账" if live else "已登记到督查记录")


def print_demo(folder: Path, refreshed: Result, drafted: Result) -> None:
    """演示完成。"""
    _out.print(f"演示已做好，在文件夹 {folder}（判定日 {refreshed.outcome.as_of}，虚构的青河县）：")
    _out.print("  督办台账.xlsx   刷新过的台账：看 首页、政府工作报告台账、待办提醒、亮牌建议、校验问题")
    _out.print("  督办台账.xlsm   同一份台账，下面的公文已登记到督查记录")
    _out.print(f"  公文/           {len(drafted.letters)} 件 Word 公文")
    _out.print(_statuses(refreshed.outcome))
    _out.print(_figures(refreshed.outcome))
    _out.print(_tally(refreshed.outcome.findings) + "（示例里故意留了几处差错）")


def print_checks(checks: Iterable[Check]) -> None:
    """体检结果。"""
    table = Table(show_header=True, header_style="bold")
    for head in ("项目", "情况", "说明"):
        table.add_column(head, overflow="fold")
    for item in checks:
        table.add_row(item.name, "可用" if item.good else "没有", item.note)
    _out.print(table)
