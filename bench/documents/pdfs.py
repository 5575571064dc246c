"""PDF by LibreOffice: twenty at once against twenty one by one, interleaved."""

import resource
import time
from collections.abc import Callable

from bench.documents import samples
from bench.documents.row import Row

COUNT, MOST = 20, 0.2


def run() -> list[Row]:
    """Seconds on the wall, as the queue of jobs feels them; the processor time beside."""
    from crm.documents import pdf
    from crm.documents.engine import CompiledTemplate

    name = f"{COUNT} PDFs in one run ÷ {COUNT} runs of one"
    if pdf.program() is None:
        return [Row(name, None, most=MOST, note="skipped: LibreOffice is not installed")]
    template = CompiledTemplate(samples.contract("jinja"))
    papers = {f"paper{number}": template.render(samples.contract_data(number)) for number in range(COUNT)}
    _spent(lambda: pdf.convert_here({"first": papers["paper0"]}))  # the first ever start is longer
    singles, together = [], []
    for number, (key, data) in enumerate(papers.items()):
        if number % 10 == 0:
            together.append(_spent(lambda: _all(papers)))
        singles.append(_spent(lambda key=key, data=data: _all({key: data})))
    wall = sum(one[0] for one in together) / len(together)
    alone = sum(one[0] for one in singles)
    cpu = sum(one[1] for one in together) / len(together) / sum(one[1] for one in singles)
    return [Row(name, wall / alone, most=MOST, unit="x", note=f"{wall:.1f} s against {alone:.1f} s; processor time {cpu:.2f} x")]


def _all(papers: dict[str, bytes]) -> None:
    from crm.documents import pdf

    made = pdf.convert_here(papers)
    if set(made) != set(papers) or not all(data.startswith(b"%PDF") for data in made.values()):
        raise RuntimeError("LibreOffice left papers out")


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    def cpu() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    began, before = time.perf_counter(), cpu()
    work()
    return time.perf_counter() - began, cpu() - before
