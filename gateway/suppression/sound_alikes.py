"""Characters that are read alike at the same place of a given name: one such difference is doubt, not difference.

Not listed on purpose: 太/大 and 子/枝, whose names are usually read differently.
"""

from __future__ import annotations

from gateway.people.names import fold_part

_GROUPS = (
    "郎朗浪", "夫男雄生緒", "也哉弥矢", "介助輔佑祐", "美実未己巳", "奈菜那", "恵絵江慧", "沙紗佐早小", "希紀季樹貴喜", "斗人", "香華花佳加",
    "明章昭彰晃", "弘浩宏洋博裕寛広紘尋", "陽洋葉遥悠", "裕祐優悠雄勇", "健賢謙建憲", "真信伸慎", "正政昌雅", "義吉芳良好", "智知友朋",
    "聡悟諭敏", "誠真", "清潔", "隆孝貴高崇敬", "修治理", "勝克優", "徳典法則憲", "順純淳潤準", "俊敏利年寿", "光充満", "靖康泰保",
    "茂繁滋", "直尚", "久尚", "英秀栄", "照輝", "晴春", "由有", "理里莉梨", "麻真", "一和市", "進晋", "豊裕", "亮良", "翔祥渉",
    "圭啓慶敬恵景桂佳京", "幸行之祥", "次二治司", "三蔵造", "平兵", "望希", "穂保帆歩", "文史章", "愛藍", "薫馨", "葵碧", "務勉努", "昇登",
    "実稔", "仁均等斉", "強毅剛武猛", "守護衛", "徹哲透", "渉亘航", "巧匠工", "拓琢卓", "吾悟", "達竜辰", "彩綾文", "子湖", "衣依",
)  # fmt: skip
_ALIKE = frozenset(
    one + other
    for group in ([fold_part(char) for char in characters] for characters in _GROUPS)
    for one in group
    for other in group
    if one != other
)


def sound_alike(one: str, other: str) -> bool:
    """Tell whether two folded given names differ in exactly one character that may be read alike."""
    if len(one) != len(other):
        return False
    differing = [a + b for a, b in zip(one, other, strict=True) if a != b]
    return len(differing) == 1 and differing[0] in _ALIKE
