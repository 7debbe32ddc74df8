"""A fake RouterOS that speaks the API protocol, built from MikroTik's pages and public reports. It is no router.

Nothing in this folder was compared with a real device. What no source says is a switch (``switches``), so that the
driver can be tried against every answer a device might give.
"""
