"""Paragraphs that were broken into lines for the journey, joined again (RFC 3676, format=flowed)."""


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """The text with soft line breaks removed. A line is joined to the next one of the same quote depth when it ends in a
    space; `delete_space` is DelSp=yes: that space was added too."""
    lines: list[list[str]] = []
    depth_before, is_open = 0, False
    for line in text.replace("\r\n", "\n").split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        if content.startswith(" "):
            content = content[1:]  # space-stuffed, 4.4
        is_signature = content == "-- "
        if is_open and depth == depth_before and not is_signature:
            lines[-1].append(content)
        else:
            lines.append([">" * depth + " " if depth else "", content])
        is_open = content.endswith(" ") and not is_signature
        if is_open and delete_space:
            lines[-1][-1] = lines[-1][-1][:-1]
        depth_before = depth
    joined = ("".join(line) for line in lines)
    return "\n".join(line if line == "-- " else line.rstrip() for line in joined)
