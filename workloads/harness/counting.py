"""Owns the counters: what the framework made so far, found among the objects that are alive."""

import gc


def counted():
    """Return how often functions were traced and how many nodes all graphs have.

    To be asked at a fixed point of a case, after a fixed number of calls: then two processes of one
    release agree. A counter is left out where the release cannot tell it.
    """
    functions, graphs = _found()
    counters = {
        "traces": _sum(functions, lambda each: each.experimental_get_tracing_count()),
        "graph_nodes": _sum(graphs, lambda each: len(each.get_operations())),
    }
    return {name: count for name, count in counters.items() if count is not None}


def _sum(objects, count):
    """Add up a count; None where there is nothing to count, or one object does not tell."""
    try:
        return sum(count(each) for each in objects) if objects else None
    except Exception:
        return None


def _found():
    """Return what tf.function made (2.3 and later) and all graphs, by what they can be asked."""
    kinds = {}
    functions, graphs = [], []
    for each in gc.get_objects():
        kind = type(each)
        if kind not in kinds:
            kinds[kind] = _list_for(kind, functions, graphs)
        if kinds[kind] is not None:
            kinds[kind].append(each)
    return functions, graphs


def _list_for(kind, functions, graphs):
    # Of classes written in C, the name of the module may be something else than a text.
    if not str(getattr(kind, "__module__", "")).startswith("tensorflow"):
        return None
    if hasattr(kind, "experimental_get_tracing_count"):
        return functions
    if hasattr(kind, "get_operations") and hasattr(kind, "as_graph_def"):
        return graphs
    return None
