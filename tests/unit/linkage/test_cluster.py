"""Clusters are grown from the heaviest pair down, and a whole cluster may be kept from another."""

from transforms.linkage.engine.cluster import Edge, Verdicts, components, grow


def test_rows_that_hang_together_are_one_component_in_order_of_arrival() -> None:
    assert components([(5, 2), (2, 9), (4, 7)]) == [[2, 5, 9], [4, 7]]


def test_a_cluster_is_named_by_its_first_arrival() -> None:
    assert grow([Edge(3, 8, 9.0), Edge(3, 5, 4.0)], Verdicts()) == {3: 3, 5: 3, 8: 3}


def test_two_who_are_apart_are_not_joined_by_a_third() -> None:
    apart = Verdicts(frozenset({(1, 3)}))
    assert grow([Edge(1, 2, 9.0), Edge(2, 3, 8.0)], apart) == {1: 1, 2: 1, 3: 3}


def test_the_heavier_pair_goes_first_whatever_the_order_of_edges() -> None:
    apart = Verdicts(frozenset({(1, 3)}))
    assert grow([Edge(2, 3, 9.0), Edge(1, 2, 8.0)], apart) == {1: 1, 2: 2, 3: 2}
    assert grow([Edge(1, 2, 8.0), Edge(2, 3, 9.0)], apart) == {1: 1, 2: 2, 3: 2}


def test_equal_weights_are_taken_in_order_of_arrival() -> None:
    apart = Verdicts(frozenset({(1, 3)}))
    assert grow([Edge(2, 3, 5.0), Edge(1, 2, 5.0)], apart) == {1: 1, 2: 1, 3: 3}


def test_numbers_of_their_own_outweigh_as_many_pairs_that_are_apart() -> None:
    edges = [Edge(1, 2, 9.0), Edge(2, 3, 8.0)]
    held = Verdicts(frozenset({(1, 3)}), frozenset({(2, 3)}))
    assert grow(edges, held) == {1: 1, 2: 1, 3: 1}
