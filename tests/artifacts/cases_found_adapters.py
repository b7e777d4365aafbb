"""Adapters that were called clean, or said to break a rule that they do not break; closed since.

What vLLM does with each was seen in its own loader (PEFTHelper, LoRAModel.from_local_checkpoint of vLLM 0.33) or read
in its model manager.
"""

from cases_adapter import configured

# An alpha of one module counts as lora_alpha does.
configured("alpha_0", {"lora_alpha": 0}, "LRA-004")
configured("alpha_of_one_0", {"alpha_pattern": {"q_proj": 0}}, "LRA-004")
configured("alpha_of_one_negative", {"alpha_pattern": {"q_proj": -16}}, "LRA-004")
configured("alpha_of_one_at_limit", {"alpha_pattern": {"q_proj": -64}}, "LRA-004")
configured("alpha_of_one_beyond", {"alpha_pattern": {"q_proj": -65}}, "LRA-012")
configured("alpha_of_one_beyond_and_of_another", {"alpha_pattern": {"q_proj": -65, "v_proj": 0}}, "LRA-004", "LRA-012")
configured("alpha_of_one_small", {"alpha_pattern": {"q_proj": 1e-9}})

# How the first values were chosen shows no more in what is served.
configured("eva", {"init_lora_weights": "eva", "eva_config": {"rho": 2.0, "tau": 0.99}}, "LRA-016")
configured("eva_not_used", {"eva_config": {"rho": 2.0}}, "LRA-016")
configured("eva_empty", {"eva_config": {}})
configured("lora_ga", {"init_lora_weights": "lora_ga", "lora_ga_config": {"direction": "ArB2r"}}, "LRA-016")
configured("offload", {"runtime_config": {"ephemeral_gpu_offload": True}}, "LRA-016")
configured("offload_off", {"runtime_config": {"ephemeral_gpu_offload": False}})
configured("runtime_of_another_kind", {"runtime_config": {"ephemeral_gpu_offload": "os"}}, "LRA-008")
