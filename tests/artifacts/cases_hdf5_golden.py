"""HDF5 files as h5py, Keras and PyTables wrote them."""

import golden_hdf5
from corpus import case

# What is not here is clean.
EXPECTED = {
    "many_links_latest": ["KER-015"],
    "lambda_large_earliest": ["KER-001"], "lambda_dense_latest": ["KER-001"], "lambda_dense_v108": ["KER-001"],
    "external_link_earliest": ["KER-008"], "external_link_many_latest": ["KER-008"],
    "external_data_earliest": ["KER-009"], "external_data_latest": ["KER-009"],
    "virtual_earliest": ["KER-010"], "virtual_latest": ["KER-010"],
    "user_block_earliest": ["KER-013"],
    "keras_lambda": ["KER-001"],
    "pytables_rows": ["KER-018", "KER-019"], "pytables_attribute": ["KER-017", "PKL-304"],
}
NOTES = {"KER-013", "KER-015", "KER-017"}

for name, data in golden_hdf5.FILES.items():
    rules = EXPECTED.get(name, [])
    case("hdf5/golden/" + name, verdict="findings" if set(rules) - NOTES else "clean", rules=rules,
         name="model.keras" if data.startswith(b"PK") else "model.h5")(lambda data=data: data)

# Cut anywhere, none of them is understood.
for name in ("kinds_earliest", "kinds_latest", "keras_model", "pytables"):
    data = golden_hdf5.FILES[name]
    for part in range(1, 8):
        size = len(data) * part // 8
        case(f"hdf5/golden/{name}_cut_{part}", verdict="inconclusive", rules=["KER-006"],
             name="model.h5")(lambda data=data, size=size: data[:size])
