"""The grammar of the two sides: one method per rule, each of which takes its own words."""

from __future__ import annotations

from collections.abc import Callable

from mlekit.data.formula.arithmetic import Node, columns, learns
from mlekit.data.formula.expressions import Arithmetic
from mlekit.data.formula.responses import RESPONSES
from mlekit.data.formula.terms import Constant, Cross, Dot, Formula, Leaf, Part, Response, Sum
from mlekit.errors import FormulaError


class Reader(Arithmetic):
    """The two sides of a formula."""

    def formula(self) -> Formula:
        """All of it."""
        both = any(token.is_sign("~") for token in self.tokens)
        response = self.response() if both and not self.next.is_sign("~") else None
        if both:
            self.expect("~", "~ after the response")
        self.columns = []
        right = self.sum()
        if self.next.kind != "end":
            raise self.misplaced("+ - : * or the end")
        return Formula(self.text, response, right, self.columns, self.dotted)

    def response_alone(self) -> Response:
        """A left side without a right one."""
        response = self.response()
        if self.next.kind != "end":
            raise self.unexpected("~ or the end")
        return response

    def response(self) -> Response:
        """The left side."""
        at, function = self.next.at, self.next.text if self.calls() and self.next.text in RESPONSES else ""
        arguments = self.arguments(function) if function else (self.arithmetic(),)
        for argument in arguments:
            if learns(argument) or not (function or columns(argument)):
                raise self.fault(f"{argument.text} is not a response: it names no column, or learns from the rows", at)
        if not any(map(columns, arguments)):
            raise self.fault(f"{function}() names no column here", at)
        return Response(self.text, function, arguments, self.text[: self.next.at].strip())

    def arguments(self, function: str) -> tuple[Node, ...]:
        """The arguments of a function that stands on the left."""
        rule = RESPONSES[function]
        self.place += 2
        self.open_ends = True
        found = [self.arithmetic()]
        while len(found) < max(rule.counts) and self.take(","):
            found.append(self.arithmetic())
        if len(found) not in rule.counts:
            raise self.unexpected(f"a comma, as in {rule.usage}")
        self.expect(")", f") as in {rule.usage}")
        self.open_ends = False
        return tuple(found)

    def sum(self) -> Sum:
        """Terms with a sign each."""
        items: list[tuple[int, Part]] = []
        while not items or self.next.is_sign("+", "-"):
            sign, at, item = self.signs(), self.next.at, self.starred()
            if isinstance(item, Constant):
                sign = sign if item.value else -sign
                if sign < 0 and self.depth:
                    raise self.fault("the intercept is taken away outside of brackets", at)
            items.append((sign, item))
        return Sum(items)

    def signs(self) -> int:
        """A run of + and - as one sign."""
        sign = 1
        while token := self.take("+", "-"):
            sign = sign if token.text == "+" else -sign
        return sign

    def starred(self) -> Part:
        """a*b."""
        return self.crossed(self.paired, "*")

    def paired(self) -> Part:
        """a:b."""
        return self.crossed(self.atom, ":")

    def crossed(self, inner: Callable[[], Part], sign: str) -> Part:
        """One part, or several joined by a sign."""
        at, items = self.next.at, [inner()]
        while self.take(sign):
            items.append(inner())
        if len(items) == 1:
            return items[0]
        if any(isinstance(item, Constant) and not item.value for item in items):
            raise self.fault("0 stands alone, as in 0 + x", at)
        return Cross(items, sign == "*", self.text, at)

    def atom(self) -> Part:
        """0, 1, a dot, a factor, or a sum in brackets."""
        if self.take("("):
            with self.brackets():
                inner = self.sum()
            if not self.take(")"):
                raise self.misplaced("+ - : * or )")
            return inner
        if dot := self.take("."):
            self.dotted = True
            return Dot(dot.at)
        if self.next.kind != "number":
            return self.factor()
        if self.next.text not in ("0", "1"):
            raise self.fault("a number other than 0 and 1 stands inside I(), as in I(2 * x)")
        return Constant(int(self.any().text))

    def factor(self) -> Leaf:
        """A column or a call."""
        self.steps = 0
        if self.next.kind not in ("name", "quoted"):
            raise self.unexpected("a column, a function, 0, 1, . or (")
        return Leaf(self.call() if self.calls() else self.column())

    def misplaced(self, expected: str) -> FormulaError:
        """Return the error at a word that cannot follow a term."""
        before = self.tokens[self.place - 1]
        shown = before.text if before.kind == "name" else "x"
        if self.next.is_sign("**", "^"):
            return self.fault(f"a power stands inside I(): write I({shown} ** 2)")
        if self.next.is_sign("/"):
            return self.fault(f"a division stands inside I(): write I({shown} / 2)")
        if self.next.is_sign("."):
            return self.fault(f"{shown} has no parts: a column with a dot in its name stands in backticks")
        return self.unexpected(expected)
