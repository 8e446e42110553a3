"""A bar on a terminal, a line every half minute elsewhere."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from devstore.demo.replaying.steps import Plan, Sale, Step

LINE_SECONDS = 30.0


class Progress:
    """``done`` steps were done before."""

    def __init__(self, plan: Plan, done: int) -> None:
        self.console = Console(highlight=False)
        columns = (TextColumn("  {task.fields[day]}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[pace]}"),
                   TimeElapsedColumn(), TimeRemainingColumn())
        self.bar = Bar(*columns, console=self.console, disable=not self.console.is_terminal)
        self.task = self.bar.add_task("steps", total=len(plan.steps), completed=done, day="", pace="")
        self.done, self.total, self.orders = done, len(plan.steps), 0
        self.began = self.line_at = time.monotonic()

    def __enter__(self) -> "Progress":
        self.bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.bar.stop()

    def seen(self, step: Step) -> None:
        """One step more was handed out."""
        self.done, self.orders = self.done + 1, self.orders + isinstance(step, Sale)
        now = time.monotonic()
        pace = f"{self.orders / max(now - self.began, 0.1):.1f} orders/s"
        self.bar.update(self.task, completed=self.done, day=f"{step.at:%d %b %Y}", pace=pace)
        if not self.console.is_terminal and now - self.line_at > LINE_SECONDS:
            self.line_at = now
            print(f"  {step.at:%d %b %Y}: {self.done} of {self.total} steps, {pace}", flush=True)
