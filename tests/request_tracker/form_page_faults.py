"""What stands at the fields of a refused form: a page in, its faults by the field's id out."""

import re


def faults(text: str) -> dict[str, str]:
    """What stands at the fields of a page, by the field's id; the summary leads to each, and the field says so."""
    told = {key: fault.lower() for key, fault in re.findall(r'id="([^"]+)-sebab">([^<]+)</p>', text)}
    for key in told:
        assert f'href="#{key}"' in text, f"the summary does not lead to {key}"
        assert f'id="{key}"' in text, f"there is no {key} to lead to"
    assert not told or 'id="kesalahan" tabindex="-1" autofocus' in text
    return told
