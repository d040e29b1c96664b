"""What an instance knows about itself.

    python instance_metadata.py [METADATA_ENDPOINT]
"""

from __future__ import annotations

import sys

from trusted_profile import Metadata, TokenProvider

endpoint = sys.argv[1] if len(sys.argv) > 1 else None

with TokenProvider.vpc_instance(endpoint=endpoint) as tokens:
    metadata = Metadata(tokens)
    instance = metadata.get_instance()
    print(f"{instance['name']} in {instance['zone']['name']}")
    # User data may hold secrets: this says how long it is.
    print(f"{len(metadata.get_instance_initialization().get('user_data', ''))} characters of user data")
