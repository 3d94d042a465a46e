"""任务定义 — the XML of a Windows task, and what can be read back from it.

Elements stand in the order in which Microsoft's schema lists them: [MS-TSCH] “Task Scheduler Service Remoting Protocol”,
section 2.5 “XML Task Definition Format” (2.5.1 simple types, 2.5.2 RegistrationInfo, 2.5.3 Triggers, 2.5.4 Settings,
2.5.6 Principals, 2.5.7 Actions), the same XSD as on Microsoft Learn, “Task Scheduler Schema”. Only triggers are an
xs:sequence there, the others are xs:all. schtasks takes the file as UTF-16 little-endian with a byte order mark only.
"""

from __future__ import annotations

import codecs
import re
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree import ElementTree

from pyengine.programs import SystemProblem
from pyengine.schedule.job import Job, daily

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_PATH_LIMIT = 260  # pathType，2.5.1
_SETTINGS = (
    ("AllowStartOnDemand", "true"),
    ("MultipleInstancesPolicy", "IgnoreNew"),
    ("DisallowStartIfOnBatteries", "false"),
    ("StopIfGoingOnBatteries", "false"),
    ("AllowHardTerminate", "true"),
    ("StartWhenAvailable", "true"),
    ("RunOnlyIfNetworkAvailable", "false"),
    ("WakeToRun", "false"),
    ("Enabled", "true"),
    ("Hidden", "false"),
)


def task_xml(job: Job, user: str) -> bytes:
    """任务定义 — as a file for schtasks /Create /XML. An empty user: whoever registers it."""
    _refuse_what_windows_would_change(job)
    task = ElementTree.Element("Task", {"version": "1.3", "xmlns": NAMESPACE})
    about = _inside(task, "RegistrationInfo")
    _inside(about, "Author", user)
    _inside(about, "Description", f"督办台账的夜间任务：{daily(job.at)} 刷新 {job.ledger}")
    _trigger(_inside(task, "Triggers"), job, user)
    settings = _inside(task, "Settings")
    for name, value in (*_SETTINGS, ("ExecutionTimeLimit", duration(job.limit))):
        _inside(settings, name, value)
    principal = _inside(_inside(task, "Principals"), "Principal")
    principal.set("id", "Author")
    _inside(principal, "UserId", user)
    _inside(principal, "LogonType", "InteractiveToken")
    _inside(principal, "RunLevel", "LeastPrivilege")
    actions = _inside(task, "Actions")
    actions.set("Context", "Author")
    _action(_inside(actions, "Exec"), job)
    ElementTree.indent(task)
    text = '<?xml version="1.0" encoding="UTF-16"?>\n' + ElementTree.tostring(task, encoding="unicode")
    return codecs.BOM_UTF16_LE + text.encode("utf-16-le")


def _trigger(triggers: ElementTree.Element, job: Job, user: str) -> None:
    """每天一次；到点关着机、没有登录的，登录后补（做过的那一夜不再做，见 nightly run --once）。"""
    daily_trigger = _inside(triggers, "CalendarTrigger")
    _inside(daily_trigger, "StartBoundary", job.first.isoformat(timespec="seconds"))
    _inside(_inside(daily_trigger, "ScheduleByDay"), "DaysInterval", "1")
    if user:  # 不写是谁的登录触发，只有管理员能装
        logon = _inside(triggers, "LogonTrigger")
        _inside(logon, "UserId", user)
        _inside(logon, "Delay", "PT5M")


def _action(action: ElementTree.Element, job: Job) -> None:
    program, *arguments = job.command
    _inside(action, "Command", program)
    _inside(action, "Arguments", subprocess.list2cmdline(arguments))
    _inside(action, "WorkingDirectory", str(job.folder))


def _inside(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    element = ElementTree.Element(name)
    element.text = text
    if text != "":
        parent.append(element)
    return element


def _refuse_what_windows_would_change(job: Job) -> None:
    """任务计划程序会展开 %名称% 和 $(名称)，没有办法避开；路径过长的它不收。"""
    paths = (str(job.program), str(job.ledger))
    changed = next((path for path in paths if re.search(r"%.+%|\$\(", path)), None)
    if changed:
        raise SystemProblem(f"“{changed}”里有成对的 % 或 $(，任务计划程序会当作变量", "请改名或换个文件夹后再装")
    if max(len(str(job.program)), len(str(job.folder))) > _PATH_LIMIT:
        raise SystemProblem(
            f"“{job.folder}”的路径超过 {_PATH_LIMIT} 个字，任务计划程序不收", "请换到路径短的文件夹后再装"
        )


def duration(length: timedelta) -> str:
    """时长 — as xs:duration."""
    return f"PT{int(length.total_seconds() // 60)}M"


@dataclass(frozen=True, slots=True)
class WrittenTask:
    """写着的任务 — what a registered task's XML says."""

    program: str
    arguments: str
    when: str
    enabled: bool


def read_task(text: str) -> WrittenTask:
    """读回 — a task's XML as schtasks prints it."""
    try:
        task = ElementTree.fromstring(text[max(text.find("<Task"), 0) :])
    except ElementTree.ParseError:
        raise SystemProblem("任务计划程序里这个任务的定义读不懂", "请重新 nightly install") from None
    action = _path("Actions", "Exec")
    return WrittenTask(
        task.findtext(f"{action}/{_path('Command')}", ""),
        task.findtext(f"{action}/{_path('Arguments')}", ""),
        _when(task),
        task.findtext(_path("Settings", "Enabled"), "true").strip() != "false",
    )


def _when(task: ElementTree.Element) -> str:
    trigger = _path("Triggers", "CalendarTrigger")
    every = task.findtext(f"{trigger}/{_path('ScheduleByDay', 'DaysInterval')}", "")
    try:
        at = datetime.fromisoformat(task.findtext(f"{trigger}/{_path('StartBoundary')}", "")).time()
    except ValueError:
        every = ""
    return daily(at) if every.strip() == "1" else "时间被人改过，见任务计划程序"


def _path(*names: str) -> str:
    return "/".join(f"{{{NAMESPACE}}}{name}" for name in names)
