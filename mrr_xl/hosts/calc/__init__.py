"""LibreOffice Calc: an extension with the sheet functions, computed by this Python environment.

extension.py writes the .oxt; component.py is what runs inside LibreOffice, in LibreOffice's own Python; it asks
server.py, which runs in the environment that has mrr_xl. So the two Pythons may be of different versions.
"""
