from collections import Counter

from surveys.randomisation.seeds import blind_letters, option_order, question_order, seeded_order


def test_it_gives_the_same_order_for_the_same_seed():
    assert option_order("abcde", 7, 3, 12) == option_order("edcba", 7, 3, 12)


def test_it_gives_another_order_to_another_participant_and_another_trial():
    orders = {
        tuple(option_order("abcde", 7, number, position))
        for number in range(1, 101)
        for position in range(1, 31)
    }
    assert len(orders) == 120


def test_it_puts_each_option_in_each_place_equally_often():
    firsts = Counter(option_order("abcde", 7, number, 1)[0] for number in range(1, 5001))
    # 1,000 each expected; the standard deviation is 28.
    assert all(abs(count - 1000) < 120 for count in firsts.values())


def test_it_keeps_the_order_of_the_stimulus_set_when_that_is_fixed():
    assert question_order(["b", "a", "c"], "fixed", 7, 3) == ["b", "a", "c"]


def test_it_asks_every_question_once_in_a_random_order():
    names = [f"item-{index}" for index in range(30)]
    order = question_order(names, "random", 7, 3)
    assert sorted(order) == sorted(names)
    assert order != names


def test_anyone_can_derive_an_order_with_a_hash_function_alone():
    import hashlib

    expected = sorted(
        "xyz", key=lambda key: hashlib.sha256(f"7/3/options/2/{key}".encode()).digest()
    )
    assert seeded_order("xyz", 7, 3, "options", 2) == expected


def test_it_names_conditions_by_letters_that_do_not_follow_the_protocol():
    letters = [tuple(blind_letters(["gradcam", "pv"], seed).items()) for seed in range(30)]
    assert len(set(letters)) == 2
