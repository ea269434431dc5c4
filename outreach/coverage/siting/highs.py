"""Linear and whole-number programs by HiGHS, with the status and bound that it gives itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from outreach.errors import SolverError

if TYPE_CHECKING:
    import highspy
    from numpy.typing import NDArray
    from scipy.sparse import spmatrix

Outcome = Literal["optimal", "stopped", "infeasible"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """
    Maximise ``worth @ x`` where ``row_lower <= rows @ x <= row_upper`` and ``lower <= x <= upper``.

    Parameters
    ----------
    worth, lower, upper
        (n,) of the columns; `upper` may be inf.
    is_whole
        (n,) bool: the column takes whole numbers only.
    rows
        (n_rows, n) sparse.
    row_lower, row_upper
        (n_rows,); -inf and inf: no limit.
    """

    worth: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    is_whole: NDArray[np.bool_]
    rows: spmatrix
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """
    What HiGHS found.

    Parameters
    ----------
    outcome
        ``"optimal"`` within the gap that was asked for, ``"stopped"`` by the time limit.
    x
        (n,) of the best that was found; None: nothing was.
    value
        Of `x`; -inf without one.
    bound
        No ``x`` is worth more; inf when not known.
    prices
        (n_rows,) of a program without whole columns that was solved: what a unit more of the row's
        limit is worth; None otherwise.
    """

    outcome: Outcome
    x: NDArray[np.float64] | None
    value: float
    bound: float
    prices: NDArray[np.float64] | None = None


def solve(
    program: Program,
    *,
    time_limit_s: float,
    gap: float = 0.0,
    start: NDArray[np.float64] | None = None,
) -> Answer:
    """
    Solve a program on one thread; the same program gives the same answer unless time runs out.

    Parameters
    ----------
    program
        What to maximise.
    time_limit_s
        Seconds after which the best so far is returned as ``"stopped"``.
    gap
        As a part of the value: a whole-number program is done when bound and value are this near.
    start
        (n,) a solution to begin with.

    Raises
    ------
    SolverError
        HiGHS ended in a way that answers nothing.
    """
    import highspy

    is_mixed = bool(program.is_whole.any())
    solver = _quiet_solver()
    options: dict[str, bool | str | float | int] = {
        "parallel": "off",
        "time_limit": max(time_limit_s, 0.0),
        "mip_rel_gap": gap,
        "mip_abs_gap": 1e-9,
    }
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(_model(program))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(start)
        solver.setSolution(solution)
    solver.run()
    return _answer(solver, program, is_mixed=is_mixed)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Again:
    """
    What HiGHS found for a program without whole columns, with other limits of its columns.

    Parameters
    ----------
    outcome
        ``"infeasible"`` also when nothing is worth more than was asked for.
    x, prices
        As of an `Answer`; None unless ``"optimal"``.
    basis
        Where a program like it may begin.
    """

    outcome: Outcome
    x: NDArray[np.float64] | None = None
    prices: NDArray[np.float64] | None = None
    basis: highspy.HighsBasis | None = None


class Repeated:
    """A program without whole columns that is solved again and again by the dual simplex."""

    def __init__(self, program: Program) -> None:
        self._solver = _quiet_solver()
        self._index = np.arange(len(program.worth), dtype=np.int32)
        for name, value in {"parallel": "off", "presolve": "off", "solver": "simplex"}.items():
            self._solver.setOptionValue(name, value)
        self._solver.passModel(_model(program))

    def solve(
        self,
        *,
        lower: NDArray[np.float64],
        upper: NDArray[np.float64],
        above: float,
        time_limit_s: float,
        basis: highspy.HighsBasis | None = None,
    ) -> Again:
        """
        Solve the program with these limits of its columns.

        Parameters
        ----------
        lower, upper
            (n,) of the columns.
        above
            Only what is worth more is looked for.
        time_limit_s
            After so many seconds, or when HiGHS gives up, the outcome is ``"stopped"``.
        basis
            Of an earlier answer, to begin with.
        """
        import highspy

        solver, statuses = self._solver, highspy.HighsModelStatus
        if time_limit_s <= 0.0:
            return Again(outcome="stopped")
        solver.changeColsBounds(len(self._index), self._index, lower, upper)
        if basis is not None:
            solver.setBasis(basis)
        solver.setOptionValue("objective_bound", -above)
        # The clock of HiGHS goes on from one program to the next.
        solver.setOptionValue("time_limit", solver.getRunTime() + time_limit_s)
        solver.run()
        status = solver.getModelStatus()
        if status in {statuses.kInfeasible, statuses.kObjectiveBound}:
            return Again(outcome="infeasible")
        if status != statuses.kOptimal:
            return Again(outcome="stopped")
        solution = solver.getSolution()
        return Again(
            outcome="optimal",
            x=np.array(solution.col_value, np.float64),
            prices=-np.array(solution.row_dual, np.float64),
            basis=solver.getBasis(),
        )


def _quiet_solver() -> highspy.Highs:
    import highspy

    class Quiet(highspy.Highs):
        # The first call that sets up callbacks prints a banner to standard output, and it is
        # made by the constructor, before any option can be set.
        def enableCallbacks(self) -> None:  # noqa: N802
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    return Quiet()  # type: ignore[no-untyped-call]


def _model(program: Program) -> highspy.HighsLp:
    import highspy
    from scipy.sparse import csc_matrix

    columns = csc_matrix(program.rows)
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = columns.shape
    # HiGHS gives reduced costs the sign of its sense: minimising leaves one meaning only.
    model.sense_ = highspy.ObjSense.kMinimize
    model.col_cost_ = -program.worth
    model.col_lower_ = program.lower
    model.col_upper_ = program.upper
    model.row_lower_ = program.row_lower
    model.row_upper_ = program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.num_row_, model.a_matrix_.num_col_ = columns.shape
    model.a_matrix_.start_ = columns.indptr
    model.a_matrix_.index_ = columns.indices
    model.a_matrix_.value_ = columns.data
    if program.is_whole.any():
        kinds = highspy.HighsVarType
        model.integrality_ = [
            kinds.kInteger if is_whole else kinds.kContinuous for is_whole in program.is_whole
        ]
    return model


def _answer(solver: highspy.Highs, program: Program, *, is_mixed: bool) -> Answer:
    import highspy

    statuses = highspy.HighsModelStatus
    outcomes: dict[highspy.HighsModelStatus, Outcome] = {
        statuses.kOptimal: "optimal",
        statuses.kModelEmpty: "optimal",
        statuses.kTimeLimit: "stopped",
        statuses.kInfeasible: "infeasible",
        # Presolve may leave it open which of both; what is located here always has a limit.
        statuses.kUnboundedOrInfeasible: "infeasible",
    }
    status = solver.getModelStatus()
    if status not in outcomes:
        raise SolverError(
            "HiGHS ended without an answer: %(status)s.", status=solver.modelStatusToString(status)
        )
    outcome = outcomes[status]
    info = solver.getInfo()
    x, value, bound = None, -np.inf, np.inf
    is_found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if outcome != "infeasible" and is_found:
        x = np.array(solver.getSolution().col_value, np.float64)
        value = float(program.worth @ x)
    if not is_mixed:
        if outcome != "optimal":
            return Answer(outcome=outcome, x=x, value=value, bound=bound)
        solution = solver.getSolution()
        return Answer(
            outcome=outcome,
            x=x,
            value=value,
            bound=value,
            prices=-np.array(solution.row_dual, np.float64),
        )
    if outcome != "infeasible":
        bound = max(-float(info.mip_dual_bound), value)
    return Answer(outcome=outcome, x=x, value=value, bound=bound)
