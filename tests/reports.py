"""What more than one suite asks of a report. Needs no program, so tests/vm can have it, too."""


def by_address(report):
    return {function["address"]: function for function in report["functions"]}


def predicted_groups(report):
    """The members of each function's predicted group by address, None where it is not known. A
    large group is listed with one function, which the others name."""
    functions = by_address(report)
    listers = {address: function["isolation"].get("predicted_group_of") or address
               for address, function in functions.items()}
    return {address: functions[lister]["isolation"]["predicted_group"]
            for address, lister in listers.items()}
