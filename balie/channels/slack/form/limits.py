"""What Slack takes at most, in its own figures, and in ours where it gives none."""

from typing import Final

# https://docs.slack.dev/reference/methods/chat.postMessage: 4,000 is advised, what is beyond 40,000 is cut off.
LONGEST_TEXT: Final = 4_000
# https://docs.slack.dev/reference/block-kit/blocks
MOST_BLOCKS: Final = 50
# All blocks of a message share a limit that the vendor does not document: "12,000 text characters with a buffer for block
# containers" (slackapi/bolt-js issue 2509), and less was refused (issue 2867). So all of their JSON stays below it, in bytes.
LONGEST_BLOCKS: Final = 11_000
# https://docs.slack.dev/reference/block-kit/blocks/table-block: one table a message, and it is drawn at its end.
MOST_ROWS: Final = 100
MOST_COLUMNS: Final = 20
# Not documented; longer ones were refused.
LONGEST_CELL: Final = 2_000
# Ours: a longer letter is a wall in a thread, and takes a second for each. Its end is a file.
MOST_PARTS: Final = 8
# A link is repeated in both forms of a part; what is longer is shown as text.
LONGEST_URL: Final = 2_000
DEEPEST_INDENT: Final = 8
