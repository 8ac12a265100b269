"""Checks the ways through a flow: reached, ended, bounded, known names."""
from flowlint.names import check_uses
from flowlint.structure import rules_of

PARTICIPANT = ("GetParticipantInput", "ConnectParticipantWithLexBot", "Wait",
               "ShowView")


class Way:
    """A way from one action to another."""

    def __init__(self, source, target, kind, result=""):
        self.source = source
        self.target = target
        self.kind = kind  # "next", "condition" or "error"
        self.result = result

    def bounded(self, action):
        """Whether something outside the flow limits how often it is gone."""
        if self.kind != "condition":
            return False
        if action["Type"] == "Loop":
            return self.result == "ContinueLooping"
        return action["Type"] in PARTICIPANT


def ends(action):
    """Whether it ends the flow; nobody knows of an unknown type."""
    rules = rules_of(action)
    return "may" if rules is None else rules["ends"]


def ways_of(action):
    name, ways = action["Identifier"], action["Transitions"]
    if ends(action) == "always":
        return
    if "NextAction" in ways:
        yield Way(name, ways["NextAction"], "next")
    for condition in ways.get("Conditions", []):
        yield Way(name, condition["NextAction"], "condition",
                  condition["Condition"]["Operands"][0])
    for error in ways.get("Errors", []):
        yield Way(name, error["NextAction"], "error", error["ErrorType"])


def closure(starts, steps):
    """All that is reached from 'starts'."""
    seen, todo = set(starts), list(starts)
    while todo:
        for target in steps.get(todo.pop(), ()):
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return seen


def check(flow, actions, names, found):
    """All checks of the graph; branches are known to lead somewhere."""
    by_name = {action["Identifier"]: action for action in actions}
    ways = [way for action in actions for way in ways_of(action)]
    forward, back = {}, {}
    for way in ways:
        forward.setdefault(way.source, []).append(way.target)
        back.setdefault(way.target, []).append(way.source)
    reached = closure([flow["StartAction"]], forward)
    check_reached(actions, reached, found)
    ended = closure([a["Identifier"] for a in actions if ends(a) != "never"],
                    back)
    check_ends(actions, reached - ended, found)
    # What never ends goes round as well: it is told once.
    check_cycles(by_name, ways, reached & ended, found)
    check_uses(by_name, ways, reached, flow["StartAction"], names, found)


def check_reached(actions, reached, found):
    for action in actions:
        if action["Identifier"] not in reached:
            found.add(action["Identifier"], "unreachable",
                      "no way leads here from StartAction",
                      "lead one here or leave the action out")


def check_ends(actions, endless, found):
    for action in actions:
        if action["Identifier"] in endless:
            found.add(action["Identifier"], "dead-end",
                      "no way from here ends the call",
                      "lead one to a DisconnectParticipant")


def check_cycles(by_name, ways, known, found):
    """Each cycle needs a Loop, or a caller who does something each time."""
    steps = {}
    for way in ways:
        if way.source in known and not way.bounded(by_name[way.source]):
            steps.setdefault(way.source, []).append(way.target)
    told = set()
    for name in by_name:
        if name in told or name not in closure(steps.get(name, ()), steps):
            continue
        cycle = shortest_cycle(name, steps)
        told.update(cycle)
        found.add(name, "cycle",
                  f"it may go round for ever: {' -> '.join([*cycle, name])}",
                  "put a Loop into it")


def shortest_cycle(start, steps):
    """The actions of a shortest way from 'start' back to it."""
    came, todo = {}, [start]
    for name in todo:
        for target in steps.get(name, ()):
            if target == start:
                cycle = [name]
                while cycle[-1] != start:
                    cycle.append(came[cycle[-1]])
                return cycle[::-1]
            if target not in came:
                came[target] = name
                todo.append(target)
    return []


