"""Pickles, opcode by opcode and name by name (sections 1.4, 2.1, 2.2 and 3.1 of the survey): cases written from the
rules alone.

Whoever wrote them had not read the scanner. The writer here is its own, of struct. Nothing in here harms whoever
loads it: what is called gets "true".
"""

import struct

import severity
from corpus import case

MARKER = ("gatehouse_marker", "touch")  # a name of no list
CALL = "PKL-201"


def pickle(id, content, *rules, name="data.pkl", arguments=(), covers="", gap=""):
    case("blind/p/" + id,
         verdict=severity.verdict(rules),
         rules=rules,
         name=name,
         arguments=arguments,
         covers=covers or id,
         gap=gap)(lambda: content)


def text(value):
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def short(value):
    return b"\x8c" + bytes([len(value)]) + value.encode()


def name(module, attribute):
    return f"c{module}\n{attribute}\n".encode()


def of(*parts, protocol=2):
    return (b"" if protocol is None else b"\x80" + bytes([protocol])) + b"".join(parts) + b"."


def holding(value, protocol=2):
    """{"a": value}"""
    return of(b"}", text("a"), value, b"s", protocol=protocol)


def calling(module, attribute, argument=None):
    return of(name(module, attribute), text("true") if argument is None else argument, b"\x85R")


DICT = name("collections", "OrderedDict") + b")R"


def storage(kind="Float", count=6, key="0", place="cpu", module="torch", word="storage"):
    return b"(" + text(word) + name(module, kind + "Storage") + text(key) + text(place) + b"K" + bytes([count]) + b"tQ"


def tensor(of_storage=None,
           offset=b"K\0",
           shape=b"K\2K\3\x86",
           stride=b"K\3K\1\x86",
           gradient=b"\x89",
           hooks=DICT,
           more=b"",
           function=name("torch._utils", "_rebuild_tensor_v2")):
    return function + b"(" + (storage() if of_storage is None else
                              of_storage) + offset + shape + stride + gradient + hooks + more + b"tR"


# Names of PyTorch's list pass; as values of a dictionary.
DTYPES = """float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool complex128 complex64 complex32 quint8 qint8
    qint32 quint4x2 quint2x4 float8_e5m2 float8_e4m3fn float8_e5m2fnuz float8_e4m3fnuz float8_e8m0fnu
    float4_e2m1fn_x2 bits8 bits16 bits1x8 bits2x4 bits4x2 uint16 uint32 uint64 uint1 uint7 int1 int7
    per_tensor_affine per_channel_symmetric per_channel_affine_float_qparams""".split()
for dtype in DTYPES:
    pickle("list/torch_" + dtype, holding(name("torch", dtype)))
for module, attribute in (("torch", "FloatTensor"), ("torch.cuda", "HalfTensor"), ("torch.sparse", "LongTensor"),
                          ("torch.cuda.sparse", "ByteTensor"), ("torch", "BFloat16Storage"), ("torch.cuda",
                                                                                              "ComplexFloatStorage"),
                          ("torch.storage", "UntypedStorage"), ("torch.storage", "TypedStorage"), ("torch", "Size"),
                          ("torch", "device"), ("torch", "Tensor"), ("collections", "Counter"),
                          ("collections", "OrderedDict"), ("torch.nn.parameter", "Parameter"),
                          ("torch.serialization", "_get_layout"), ("_codecs", "encode"), ("builtins", "set"),
                          ("__builtin__", "set"), ("builtins", "bytearray"), ("builtins", "complex")):
    pickle(f"list/{module}_{attribute}".replace(".", "_"), holding(name(module, attribute)))
for place in ("torch", "torch.cuda", "torch.sparse", "torch.cuda.sparse"):
    for kind in "BFloat16 Byte Char Double Float Half Int Long Short".split():
        pickle(f"list/class_{place.replace('.', '_')}_{kind.lower()}", holding(name(place, kind + "Tensor")))
# Near to it is not on it.
for module, attribute in (("torch", "float128"), ("torch", "Float32"), ("torch", "load"), ("torch", "save"),
                          ("torch.nn", "Linear"), ("torch.nn.parameter", "Buffer"),
                          ("torch.storage", "_load_from_bytes"), ("collections", "defaultdict"),
                          ("collections", "deque"), ("builtins", "dict"), ("builtins", "list"), ("_codecs", "decode"),
                          ("torch._utils", "_rebuild"), ("Torch", "Tensor"), ("torch ", "Tensor"), ("gatehouse_marker",
                                                                                                    "touch")):
    want = {"load": "PKL-101", "_load_from_bytes": "PKL-101", "dict": "PKL-106",
            "list": "PKL-106"}.get(attribute, "PKL-102")
    pickle(f"off/{module.strip()}_{attribute}".replace(".", "_"), holding(name(module, attribute)), want)

# What other scanners were got round with.
KNOWN = """os.system posix.system nt.system subprocess.Popen subprocess.check_output builtins.eval builtins.exec
    builtins.compile builtins.getattr builtins.__import__ builtins.open __builtin__.eval __builtin__.execfile
    io.open _io.FileIO pip.main pip._internal.main pty.spawn runpy._run_code runpy.run_path cProfile.run
    cProfile.runctx profile.run profile.Profile pdb.run bdb.Bdb code.InteractiveInterpreter timeit.timeit
    trace.Trace pydoc.locate pydoc.pipepager ctypes.CDLL ctypes.cdll pkgutil.resolve_name importlib.import_module
    importlib.reload marshal.loads types.FunctionType types.CodeType operator.attrgetter operator.methodcaller
    _operator.attrgetter functools.partial socket.create_connection urllib.request.urlopen
    http.client.HTTPConnection ftplib.FTP smtplib.SMTP webbrowser.open shutil.rmtree logging.FileHandler
    logging.config.dictConfig pickle.loads _pickle.loads dill.loads cloudpickle.loads joblib.load platform.popen
    asyncio.create_subprocess_shell multiprocessing.Process threading.Thread sys.exit sys.modules
    inspect.getattr_static doctest.debug_script ensurepip._run_pip idlelib.run.Executive distutils.spawn.spawn
    setuptools.sandbox.run_setup numpy.load numpy.f2py.crackfortran.getlincoef
    numpy.testing._private.utils.runstring torch.hub.load torch.jit.load torch.utils.collect_env.run
    torch.utils.bottleneck.__main__.run_cprofile torch.jit.unsupported_tensor_ops.execWrapper
    torch._dynamo.guards.GuardBuilder.get torch.utils._config_module.ConfigModule.load_config _interpreters.exec
    _xxsubinterpreters.run_string commands.getoutput popen2.popen2 antigravity.geohash builtins.breakpoint
    zipfile.ZipFile tarfile.open sqlite3.connect shelve.open tempfile.mktemp signal.signal gc.get_objects
    ssl.create_default_context""".split()
UNKNOWN = {"torch.utils._config_module.ConfigModule.load_config"}
for full in KNOWN:
    module, attribute = full.rsplit(".", 1)
    pickle("known/" + full.replace(".", "_"), calling(module, attribute), "PKL-102" if full in UNKNOWN else "PKL-101",
           CALL)

# Every way to import and to call.
WAYS = {
    "global": name(*MARKER),
    "stack_global": short(MARKER[0]) + short(MARKER[1]) + b"\x93",
    "stack_global_of_texts": text(MARKER[0]) + text(MARKER[1]) + b"\x93",
    "stack_global_by_memo": short(MARKER[0]) + b"\x94" + short(MARKER[1]) + b"\x940" + b"0h\0h\1\x93",
    "stack_global_of_string": b"S'gatehouse_marker'\n" + short(MARKER[1]) + b"\x93",
    "stack_global_of_unicode": b"Vgatehouse_marker\n" + short(MARKER[1]) + b"\x93",
}
EXTRA = {
    "stack_global": ["PKL-304"], "stack_global_of_texts": ["PKL-304"], "stack_global_by_memo": ["PKL-304", "PKL-305"],
    "stack_global_of_string": ["PKL-304"], "stack_global_of_unicode": ["PKL-304"]
}
for way, opcodes in WAYS.items():
    extra = EXTRA.get(way, [])
    for protocol in (2, 4):
        pickle(f"way/{way}_only_{protocol}", holding(opcodes, protocol), "PKL-102", *extra)
    pickle(f"way/{way}_reduce", of(opcodes, b")R"), "PKL-102", CALL, *extra)
    pickle(f"way/{way}_newobj", of(opcodes, b")\x81"), "PKL-102", CALL, *extra)
    pickle(f"way/{way}_newobj_ex", of(opcodes, b")}\x92"), "PKL-102", CALL, "PKL-304", *extra)
    pickle(f"way/{way}_obj", of(b"(", opcodes, b"o"), "PKL-102", CALL, "PKL-305", *(e for e in extra if e != "PKL-305"))
    pickle(f"way/{way}_build", of(opcodes, b"}b"), "PKL-102", *extra)
pickle("way/inst", of(b"(", b"igatehouse_marker\ntouch\n"), "PKL-102", CALL, "PKL-305")
pickle("way/inst_with_arguments", of(b"(", text("x"), b"iposix\nsystem\n"), "PKL-101", CALL, "PKL-305")
pickle("way/hidden_by_pop", of(name(*MARKER), b")R0N"), "PKL-102", CALL, "PKL-305")
pickle("way/hidden_by_pop_mark", of(b"(", name(*MARKER), b")R1N"), "PKL-102", CALL, "PKL-305")
pickle("way/twice_by_dup", of(name(*MARKER), b"2)R", b"\x86"), "PKL-102", CALL, "PKL-305")
pickle("way/dotted", of(short("gatehouse_marker"), short("a.b.c"), b"\x93", protocol=4), "PKL-105", "PKL-304")
pickle("way/dotted_of_listed", holding(name("torch", "Tensor.__init__"), 4), "PKL-105")
pickle("way/module_by_old_name", calling("__builtin__", "eval"), "PKL-101", CALL)
pickle("way/commands_by_old_name", calling("commands", "getstatusoutput"), "PKL-101", CALL)
pickle("way/listed_by_old_name", of(name("__builtin__", "set"), b"](K\1K\2e\x85R"))

# Names that are in no constant.
pickle("dynamic/global_from_a_list", of(b"]", short("x"), b"\x93", protocol=4), "PKL-103", "PKL-304")
pickle("dynamic/global_from_a_call", of(name(*MARKER), b")R", short("x"), b"\x93", protocol=4), "PKL-102", CALL,
       "PKL-103", "PKL-304")
for opcode, content in (("ext1", b"\x82\1"), ("ext2", b"\x83\1\1"), ("ext4", b"\x84\1\1\1\1")):
    pickle("dynamic/" + opcode, of(content), "PKL-104")
pickle("dynamic/next_buffer", of(b"\x97", protocol=5), "PKL-313")

# Where it stands.
EVIL = name("posix", "system") + text("true") + b"\x85R"
for where, content in (("behind_stop", of(b"N") + of(EVIL)), ("third_in_a_row", of(b"N") + of(b"K\1") + of(EVIL)),
                       ("first_of_two", of(EVIL) + of(b"N")), ("in_a_list", of(b"](", EVIL, b"e")),
                       ("as_a_key", of(b"}", EVIL, b"Ns")), ("in_a_state", of(DICT, EVIL, b"b"))):
    pickle("where/" + where, content, "PKL-101", CALL, *(["PKL-221"] if where == "in_a_state" else []))
for cut in (1, 2):
    pickle(f"where/cut_by_{cut}",
           of(EVIL)[:-cut], *(["PKL-101", CALL, "PKL-302"] if cut == 1 else ["PKL-101", "PKL-302"]))
pickle("where/garbage_behind", of(EVIL, b"\xff"), "PKL-101", CALL, "PKL-301")
for protocol in (None, 0, 1, 2, 3, 4, 5):
    pickle(f"where/protocol_{protocol}", of(EVIL, protocol=protocol), "PKL-101", CALL)

# Opcodes that weights_only refuses. The values are harmless.
for opcode, content in (("int", b"I5\n"), ("long", b"L5L\n"), ("string", b"S'x'\n"), ("float_line", b"F1.5\n"),
                        ("unicode_line", b"Vx\n"), ("short_binunicode",
                                                    short("x")), ("binunicode8", b"\x8d" + struct.pack("<Q", 1) + b"x"),
                        ("binbytes", b"B\1\0\0\0x"), ("short_binbytes", b"C\1x"),
                        ("binbytes8", b"\x8e" + struct.pack("<Q", 1) + b"x"), ("long4", b"\x8b\1\0\0\0\5"),
                        ("memoize", b"N\x94"), ("put_line", b"Np0\n"), ("binstring", b"T\1\0\0\0x"), ("list", b"(l"),
                        ("dict", b"(d"), ("frozenset", b"(\x91"), ("additems", b"\x8f(K\1\x90"),
                        ("bytearray8",
                         b"\x96" + struct.pack("<Q", 1) + b"x"), ("frame", b"\x95" + struct.pack("<Q", 2) + b"N.")):
    body = of(content, protocol=5) if opcode != "frame" else b"\x80\5" + content
    pickle("opcode/" + opcode, body, "PKL-304")
for opcode, content in (("none", b"N"), ("true", b"\x88"), ("false", b"\x89"), ("binint", b"J\0\0\0\x80"),
                        ("binint1", b"K\xff"), ("binint2", b"M\xff\xff"), ("long1", b"\x8a\2\xff\x7f"),
                        ("binfloat", b"G" + struct.pack(">d", 0.5)), ("binunicode", text("x")), ("empty_list", b"]"),
                        ("empty_tuple", b")"), ("empty_dict", b"}"), ("tuple", b"(NNNNt"), ("tuple1", b"N\x85"),
                        ("tuple2", b"NN\x86"), ("tuple3", b"NNN\x87"), ("binput_binget", b"]q\0K\1ah\0\x86"),
                        ("long_binput", b"]r\0\1\0\0j\0\1\0\0\x86"), ("short_binstring", b"U\1x"),
                        ("empty_set", b"\x8f"), ("append", b"]Na"), ("appends", b"](NNe"), ("setitem",
                                                                                            b"}" + text("a") + b"Ns"),
                        ("setitems", b"}(" + text("a") + b"N" + text("b") + b"Nu"), ("appends_of_none",
                                                                                     b"](e"), ("setitems_of_none",
                                                                                               b"}(u")):
    pickle(f"opcode/{opcode}_is_good", of(content))

# Numbers that loaders read differently.
for line in (b"0x10", b"0o7", b"0b1", b"010", b" 5", b"1_0"):
    pickle("number/int_" + line.hex(), of(b"I" + line + b"\n"), "PKL-304", "PKL-311")

# The stack and the memo.
for id, content in (("nothing_to_stop_with", b""), ("tuple_without_mark", b"Nt"), ("pop_of_nothing", b"0"),
                    ("reduce_of_one", b")R"), ("append_to_nothing", b"Na"), ("get_of_nothing", b"h\5"),
                    ("put_of_nothing", b"q\0"), ("setitems_odd", b"}(Nu"), ("dup_of_nothing", b"2"), ("tuple3_of_two",
                                                                                                      b"NN\x87")):
    extra = ["PKL-305"] if id in ("pop_of_nothing", "dup_of_nothing") else []
    pickle("stack/" + id, of(content), "PKL-303", *extra)
for byte in (0xFF, 0xA0, 0x99, ord("?"), 0x7F):
    pickle(f"stack/opcode_{byte:02x}", of(b"N", bytes([byte])), "PKL-301")
for protocol in (6, 7, 255):
    pickle(f"stack/protocol_{protocol}", of(b"N", protocol=protocol), "PKL-309")
pickle("stack/protocol_again", of(b"N0\x80\4N"), "PKL-305", "PKL-310")
for cut in range(1, 5):
    pickle(f"stack/cut_at_{cut}", holding(b"N")[:cut + 3], "PKL-302")

# Frames.
for id, size, rules in (("long", 1000, ["PKL-308"]), ("2_to_63", 1 << 63, ["PKL-308"]), ("short", 1, ["PKL-306"])):
    pickle("frame/" + id, b"\x80\4\x95" + struct.pack("<Q", size) + short("abc") + b".", *rules, "PKL-304")
pickle("frame/in_a_frame", b"\x80\4\x95" + struct.pack("<Q", 11) + b"\x95" + struct.pack("<Q", 2) + b"N.", "PKL-304",
       "PKL-307")

# Tensors, and what stands in for their parts.
STATE = "PKL-203"
pickle("tensor/is_good", holding(tensor()))
pickle("tensor/parameter_is_good",
       holding(name("torch._utils", "_rebuild_parameter") + b"(" + tensor() + b"\x88" + DICT + b"tR"))
for kind in "Float Half Double Long Int Short Char Byte Bool BFloat16 ComplexFloat".split():
    pickle(f"tensor/{kind.lower()}_is_good", holding(tensor(storage(kind))))
for id, changed, rules in (("scalar_is_good", {"shape": b")", "stride": b")"}, []), ("view_is_good", {
        "shape": b"K\2\x85", "stride": b"K\2\x85", "offset": b"K\1"
}, []), ("nothing_is_good", {"shape": b"K\0\x85", "stride": b"K\1\x85"},
         []), ("needs_gradient_is_good", {"gradient": b"\x88"}, []), ("metadata_is_good", {"more": b"}"}, []),
                           ("beyond_storage", {"shape": b"K\7\x85", "stride": b"K\1\x85"},
                            ["PKL-232"]), ("offset_beyond_storage", {"offset": b"K\1"}, ["PKL-232"]),
                           ("stride_beyond_storage", {"stride": b"K\4K\1\x86"},
                            ["PKL-232"]), ("negative_offset", {"offset": b"J\xff\xff\xff\xff"}, ["PKL-233"]),
                           ("negative_dimension", {"shape": b"J\xff\xff\xff\xff\x85", "stride": b"K\1\x85"},
                            ["PKL-233"]), ("storage_is_a_text", {"of_storage": text("x")},
                                           [STATE]), ("offset_is_a_text", {"offset": text("0")},
                                                      [STATE]), ("shape_is_a_list", {"shape": b"](K\2K\3e"}, [STATE]),
                           ("shape_holds_a_text", {"shape": text("2") + b"\x85", "stride": b"K\1\x85"},
                            [STATE]), ("stride_of_another_length", {"stride": b"K\1\x85"},
                                       ["PKL-233"]), ("gradient_is_a_number", {"gradient": b"K\1"}, [STATE]),
                           ("hooks_are_a_list", {"hooks": b"]"}, [STATE]), ("too_many", {"more": b"}NN"}, [STATE])):
    pickle("tensor/" + id, holding(tensor(**changed)), *rules)
for id, content in (("word", storage(word="module")), ("number", b"K\5Q"), ("text", text("storage") + b"Q"),
                    ("empty", b")Q"), ("list", b"]Q")):
    pickle("persid/" + id, holding(content), "PKL-230")
pickle("persid/line", holding(b"Pstorage\n"), "PKL-230", "PKL-305")
pickle("persid/storage_is_no_class", holding(b"(" + text("storage") + text("x") + text("0") + text("cpu") + b"K\1tQ"),
       "PKL-230")
pickle("persid/one_key_two_kinds", of(b"}(", text("a"), tensor(), text("b"), tensor(storage("Half")), b"u"), "PKL-231")
pickle("persid/one_key_two_sizes", of(b"}(", text("a"), tensor(), text("b"), tensor(storage(count=9)), b"u"), "PKL-231")
pickle("persid/one_key_twice_is_good", of(b"}(", text("a"), tensor(), text("b"), tensor(), b"u"))

# Listed callables, called in a way that nothing writes.
V2 = name("torch._utils", "_rebuild_tensor_v2")
FROM_TYPE = name("torch._tensor", "_rebuild_from_type_v2")
INNER = b"(" + storage() + b"K\0K\2K\3\x86K\3K\1\x86\x89" + DICT + b"t"
pickle("shape/from_type_is_good", holding(FROM_TYPE + b"(" + V2 + name("torch", "Tensor") + INNER + b"}tR"))
pickle("shape/from_type_calls_marker", holding(FROM_TYPE + b"(" + name(*MARKER) + name("torch", "Tensor") + b")}tR"),
       "PKL-102", "PKL-204")
pickle("shape/from_type_calls_set",
       holding(FROM_TYPE + b"(" + name("builtins", "set") + name("torch", "Tensor") + b")}tR"), "PKL-204")
pickle("shape/encode_is_good", holding(name("_codecs", "encode") + text("ab") + text("latin1") + b"\x86R"))
for codec in ("rot13", "zip", "base64", "utf-8", "hex"):
    pickle("shape/encode_by_" + codec, holding(name("_codecs", "encode") + text("ab") + text(codec) + b"\x86R"),
           "PKL-205")
pickle("shape/encode_of_a_list", holding(name("_codecs", "encode") + b"]" + text("latin1") + b"\x86R"), "PKL-205")
pickle("shape/set_of_numbers_is_good", holding(name("builtins", "set") + b"](K\1K\2e\x85R"))
pickle("shape/set_of_a_name", holding(name("builtins", "set") + name("torch", "float32") + b"\x85R"), "PKL-206")
pickle("shape/bytearray_of_a_name", holding(name("builtins", "bytearray") + name("torch", "float32") + b"\x85R"),
       "PKL-206")
pickle("shape/dict_of_pairs_is_good",
       holding(name("collections", "OrderedDict") + b"](" + text("a") + b"K\1\x86e\x85R"))
pickle("shape/dict_of_a_name", holding(name("collections", "OrderedDict") + name("torch", "float32") + b"\x85R"),
       "PKL-207")
pickle("shape/parameter_of_a_text",
       holding(name("torch._utils", "_rebuild_parameter") + text("x") + b"\x88" + DICT + b"\x87R"), "PKL-208")
pickle("shape/call_of_a_text", holding(text("x") + b")R"), "PKL-202")
pickle("shape/call_of_a_tensor", holding(tensor() + b")R"), "PKL-202")
pickle("shape/newobj_of_a_dict", holding(DICT + b")\x81"), "PKL-202")
pickle("shape/build_of_a_list", holding(b"]}b"), "PKL-220")
pickle("shape/build_of_a_number", holding(b"K\1}b"), "PKL-220")
pickle("shape/append_to_a_dict", holding(b"}Na"), "PKL-222")
pickle("shape/appends_to_a_tensor", holding(tensor() + b"(Ne"), "PKL-222")
pickle("shape/setitem_of_a_list", holding(b"]" + text("k") + b"Ns"), "PKL-223")
pickle("shape/setitem_of_a_tensor", holding(tensor() + b"K\0Ns"), "PKL-223", covers="CVE-2026-24747")

# Bombs end at once.
pickle("bomb/lists_of_lists",
       of(b"]", b"".join(b"q" + bytes([i]) + b"]" + 2 * (b"h" + bytes([i]) + b"a") for i in range(40))))
pickle("bomb/memo_of_4_billion", of(b"Nr\xff\xff\xff\xff"), "PKL-402")
pickle("bomb/text_of_4_billion", of(b"X\xff\xff\xff\xffx"), "PKL-302")
pickle("bomb/long_of_2_billion", of(b"\x8b\xff\xff\xff\x7fx"), "PKL-302")
pickle("bomb/long_of_negative_length", of(b"\x8b\xff\xff\xff\xffx"), "PKL-301")

# Data is told from weights.
RECONSTRUCT = name("numpy.core.multiarray", "_reconstruct") + name("numpy", "ndarray") + b"K\0\x85C\1b\x87R"
DTYPE = name(
    "numpy",
    "dtype") + text("f8") + b"\x89\x88\x87R" + b"(K\3" + text("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
ARRAY = RECONSTRUCT + b"(K\1K\1\x85" + DTYPE + b"\x89C\x08" + bytes(8) + b"tb"
pickle("data/array_as_data", holding(ARRAY, 4), arguments=["--profile", "data"])
pickle("data/array_as_weights", holding(ARRAY, 4), "PKL-106", "PKL-304")
pickle("data/runs_as_data", of(EVIL), "PKL-101", CALL, arguments=["--profile", "data"])
pickle("data/marker_as_data", calling(*MARKER), "PKL-102", CALL, arguments=["--profile", "data"])
