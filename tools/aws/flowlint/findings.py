"""What the linter finds: one record each, as text or as JSON."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Finding:
    file: str
    action: str  # its identifier; "" for the file as a whole
    rule: str
    message: str
    fix: str
    level: str = "error"

    def line(self):
        where = f"{self.file}: {self.action}" if self.action else self.file
        level = "warning: " if self.level == "warning" else ""
        return f"{where}: {level}{self.rule}: {self.message}; {self.fix}"


class Findings:
    """Collects the findings of one file."""

    def __init__(self, file, strict):
        self.file = file
        self.strict = strict
        self.list = []

    def add(self, action, rule, message, fix):
        finding = Finding(self.file, action, rule, message, fix)
        if finding not in self.list:
            self.list.append(finding)

    def warn(self, action, rule, message, fix):
        level = "error" if self.strict else "warning"
        self.list.append(
            Finding(self.file, action, rule, message, fix, level))

    def failed(self):
        return any(finding.level == "error" for finding in self.list)
