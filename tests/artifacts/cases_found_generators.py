"""NumPy's generators of random numbers, which estimators and trainings keep: as its versions write them, and with states
that have it read beyond its buffers."""

from cases_blind_containers import DATA
from cases_found_arrays import dtype, numpy_array
from corpus import told
from make_stdlib import Call, Name, dump

PICKLE = "numpy.random._pickle"
KEY = dict(MT19937=("u4", 624), Philox=("u8", 2), SFC64=("u8", 4))
CLASSES = {"MT19937": "_mt19937", "PCG64": "_pcg64", "PCG64DXSM": "_pcg64", "Philox": "_philox", "SFC64": "_sfc64"}


def words(kind, count):
    return numpy_array(dtype(kind, order="<"), bytes(int(kind[1:]) * count), (count,))


def state(kind, pos=624, buffer_pos=4, **more):
    if kind == "MT19937":
        inner, rest = {"key": words("u4", 624), "pos": pos}, {}
    else:
        rest = {"has_uint32": 0, "uinteger": 0}
        if kind == "Philox":
            inner = {"counter": words("u8", 4), "key": words("u8", 2)}
            rest = {"buffer": words("u8", 4), "buffer_pos": buffer_pos, **rest}
        elif kind == "SFC64":
            inner = {"state": words("u8", 4)}
        else:
            inner = {"state": 2**127 + 5, "inc": 2**100 + 7}
    return {"bit_generator": kind, "state": inner, **rest, **more}


def seeds(entropy=2**100, pool_size=4, key=(), of=Name("numpy.random.bit_generator", "SeedSequence")):
    return Call(Name("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"), of, 0xBCBED3D, None,
                state=(entropy, 0, words("u4", 4), pool_size, key))


def bits(kind, by=None, **more):
    """As NumPy 2 has it."""
    return Call(Name(PICKLE, "__bit_generator_ctor"), by or Name("numpy.random." + CLASSES[kind], kind),
                state=(state(kind, **more), seeds()))


def old_bits(kind, **more):
    return Call(Name(PICKLE, "__bit_generator_ctor"), kind, state=state(kind, **more))


def made(function, *arguments, **more):
    return Call(Name(PICKLE, function), *arguments, **more)


def both(id, value, *rules):
    for protocol in (2, 4):
        told(f"found/generators/{id}_{protocol}", dump({"rng": value, "words": ["a"]}, protocol), "findings" if rules else "clean",
             rules=rules, **DATA)


GAUSS = {"has_gauss": 0, "gauss": 0.0}
for kind in CLASSES:
    both(kind, bits(kind))
    both(kind + "_old", old_bits(kind))
    both(kind + "_generator", made("__generator_ctor", bits(kind)))
    both(kind + "_generator_old", made("__generator_ctor", kind, state=state(kind)))
    both(kind + "_random_state", made("__randomstate_ctor", bits(kind), state=state(kind, **GAUSS)))
both("random_state_old", made("__randomstate_ctor", "MT19937", state=state("MT19937", **GAUSS)))
both("random_state_older", Call(Name("numpy.random", "__RandomState_ctor"), state=("MT19937", words("u4", 624), 624, 0, 0.0)))
both("random_state_with_its_constructor", made("__randomstate_ctor", "MT19937", Name(PICKLE, "__bit_generator_ctor"),
                                               state=state("MT19937", **GAUSS)))
both("seeds", seeds())
both("seeds_of_a_list", seeds([1, 2, 3], key=(0, 5)))
told("found/generators/as_weights", dump(bits("PCG64")), rules=["PKL-106"])

both("beyond", made("__randomstate_ctor", "MT19937", state=state("MT19937", pos=625, **GAUSS)), "PKL-210")
both("far_beyond", bits("MT19937", pos=2**31 - 1), "PKL-210")
both("before", bits("MT19937", pos=-1), "PKL-210")
both("before_old", made("__generator_ctor", "MT19937", state=state("MT19937", pos=-100_000)), "PKL-210")
both("beyond_older", Call(Name("numpy.random", "__RandomState_ctor"), state=("MT19937", words("u4", 624), 10_000, 0, 0.0)), "PKL-210")
both("before_the_buffer", bits("Philox", buffer_pos=-8), "PKL-210")
both("of_a_type", bits("PCG64", by=Name("numpy", "ndarray")), "PKL-210")
both("of_a_call", made("__generator_ctor", "PCG64", Name("numpy", "dtype")), "PKL-210")
both("of_no_name", made("__generator_ctor", "os"), "PKL-210")
both("other_state", Call(Name(PICKLE, "__bit_generator_ctor"), "PCG64", state=state("SFC64")), "PKL-210")
both("no_state", Call(Name(PICKLE, "__bit_generator_ctor"), "PCG64", state={}), "PKL-210")
both("seeds_are_a_list", Call(Name(PICKLE, "__bit_generator_ctor"), "PCG64", state=(state("PCG64"), [1])), "PKL-210")
both("seeds_of_another_class", seeds(of=Name("numpy", "ndarray")), "PKL-210")
both("pool", seeds(pool_size=2**40), "PKL-210")
