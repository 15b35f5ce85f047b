"""Invented answers whose themes are known, on three subjects that share no sentence.

`parks` is for development; `grants` and `buses` are for the test. An answer speaks of one to three themes, a sentence
each (now and then two), with asides that speak of none, in any order, some in capitals, some mistyped.
"""

import re
from dataclasses import dataclass
from random import Random

_SLOT = re.compile(r"\[([^\]]*)\]")

SUBJECTS: dict[str, dict[str, list[str]]] = {
    "parks": {
        "dogs": [
            "[Dogs|Big dogs|Other people's dogs] should be [on leads|under control] near [the swings|children].",
            "There is dog mess [everywhere|on every path|by the gate] and nobody [clears it up|picks it up].",
            "Please put [more|proper] dog waste bins [by the gates|along the river].",
            "I walk my dog there [every morning|twice a day] and [he loves it|it keeps us both fit].",
            "A fenced area for dogs [would stop the arguments|would help everybody].",
            "Owners let their dogs [run wild|bark at joggers|chase the ducks].",
        ],
        "safety": [
            "The [underpass|path by the canal|park] is not safe [after dark|in winter|at night].",
            "We need [better|more|working] street lights [along the path|near the bus stop].",
            "Gangs of youths [drink there|hang about] and [my mother|people] will not walk through [alone|at night].",
            "A warden [walking round|on patrol] in the evening would make people feel [safe|safer].",
            "I was [followed|shouted at] there [last winter|in the dark] and never went back.",
            "Cameras at the entrance would [deter|stop] the vandals.",
        ],
        "play": [
            "The playground [is for toddlers only|has nothing for teenagers].",
            "The swings [are broken|have been broken for months] and the slide is [rusty|closed].",
            "Our children need [a climbing frame|new swings|somewhere to play].",
            "A [skate|bike] ramp would give older children something to do.",
            "The sandpit was [taken away|closed] and the little ones [miss it|have nowhere to play].",
            "Playground equipment for disabled children is [missing|long overdue].",
        ],
        "opening": [
            "The library closes [too early|before I finish work].",
            "[Sunday|Evening] opening would let working people [borrow books|use it].",
            "I can never get there [on weekdays|before five o'clock].",
            "Opening hours change [every year|all the time] and nobody tells us.",
            "Open [later on Thursdays|on Saturday afternoons] please.",
            "Keep it open [seven days a week|until eight in the evening].",
        ],
        "cost": [
            "Who is going to pay for [all this|it]?",
            "My council tax is [high enough|going up every year] already.",
            "It is a waste of [money|taxpayers' money] when [budgets are cut|there are cuts everywhere].",
            "Spend the money on [social care|the roads] instead.",
            "The cost [has not been explained|will only rise].",
            "We cannot afford [it|such schemes] in [hard times|a year of cuts].",
        ],
        "nature": [
            "Plant [more|native] trees and leave the long grass for [insects|bees].",
            "The [wildflower|old oak] meadow is full of [birds|butterflies] in June.",
            "Felling mature trees is [a crime|short-sighted].",
            "Hedgehogs and bats need [hedges|the hedges] along the railway.",
            "The pond could be a home for [frogs|newts] if it was [cleaned|dredged].",
            "Stop spraying weedkiller round the trees and flowers.",
        ],
        "parking": [
            "There is nowhere to park [near the library|on market day].",
            "If you take away the car park [people will drive to the retail park|shops will close].",
            "Blue badge spaces must [stay|not go].",
            "Parked cars [block the pavement|line both sides of our street].",
            "I drive in because the [car park is free|spaces are handy].",
            "Parking charges drive shoppers away from the town.",
        ],
    },
    "grants": {
        "stability": [
            "[Three year|Longer] agreements let us [plan ahead|keep good staff].",
            "Living from one year to the next means [redundancy notices each spring|we lose our best people].",
            "We cannot [recruit|sign a lease] when the award ends in March.",
            "Short term awards [waste energy|make planning impossible].",
            "A settled period gives [trustees|the committee] some certainty.",
            "Staff leave every winter because their contracts [are not renewed in time|run out].",
        ],
        "overheads": [
            "Full cost recovery [must include|has to cover] rent, insurance and management.",
            "Overheads are real: [heating|payroll|audit] has to be paid by somebody.",
            "Funders who pay only for the project leave us to find the core costs.",
            "Nobody expects a builder to leave out his overheads.",
            "Our reserves [are gone|have been eaten up] by paying for central costs ourselves.",
            "A fair share of [office|management] costs belongs in each price.",
        ],
        "paperwork": [
            "[Quarterly|Six monthly] returns take [our treasurer a week|days we do not have].",
            "Monitoring forms ask for [figures nobody reads|the same thing three times].",
            "One form for all departments would [halve|cut] the paperwork.",
            "Reporting should fit the size of the award.",
            "The paperwork for five hundred pounds is the same as for fifty thousand.",
            "Let us send the annual report instead of another form.",
        ],
        "small": [
            "Little groups without [paid workers|an office] will [never win a tender|be left out].",
            "The big charities have bid writers; [village halls|lunch clubs] do not.",
            "Tiny volunteer groups are [the glue of the neighbourhood|forgotten each time].",
            "Do not let national charities squeeze out local volunteers.",
            "A lunch club of twelve pensioners cannot fill in a tender.",
            "Small community groups need a [simple pot|door] of their own.",
        ],
        "voice": [
            "One seat on the partnership is [not enough|tokenism].",
            "Who [chose|elected] the representative, and who do they report to?",
            "Our cluster [never hears|should hear] what was said at the board.",
            "Representatives need [expenses|time and training] to attend meetings.",
            "The voice of disabled people is missing from the board.",
            "Seats at every level of planning would be [real|true] partnership.",
        ],
        "name": [
            "'Third sector' sounds like [third class|an afterthought].",
            "Nobody on the street knows what the third sector means.",
            "Voluntary and community sector is [the name people use|plain English].",
            "Call it what it is: charities and volunteers.",
            "The term leaves out social enterprises.",
            "Jargon [puts people off|helps nobody]; choose ordinary words for the sector.",
        ],
    },
    "buses": {
        "frequency": [
            "One bus an hour is [useless|not a service].",
            "The [forty two|last bus] goes at six and then there is nothing.",
            "Run it every [ten|twenty] minutes and people will use it.",
            "On Sundays we are [cut off|stuck], there is no bus at all.",
            "A later bus home from the hospital is [needed|essential].",
            "Half the evening timetable has been [cut|withdrawn].",
        ],
        "reliability": [
            "It is [always late|never on time] and sometimes does not come.",
            "The screen says three minutes for [half an hour|twenty minutes].",
            "I have lost a job because the bus [did not turn up|was late again].",
            "Cancelled without a word [twice last week|again this morning].",
            "Punctuality gets worse when the roadworks start.",
            "We waited in the rain for [an hour|forty minutes] and two came together.",
        ],
        "fares": [
            "Four pounds for [two stops|a single] is daylight robbery.",
            "A family ticket costs more than [a taxi|parking].",
            "Keep the two pound fare [for ever|after March].",
            "Young people should travel [free|at half price].",
            "My pass is not valid before half past nine, so I have to pay to see the doctor.",
            "Weekly tickets should work on [both companies|all buses].",
        ],
        "access": [
            "There is room for one wheelchair, and a pushchair [is usually in it|was there already].",
            "The driver would not [lower the ramp|kneel the bus].",
            "Raised kerbs are needed at [our stop|every stop] so that my frame gets on.",
            "Announcements for blind passengers are [switched off|too quiet].",
            "My son is autistic and a diversion without warning is [a catastrophe|frightening].",
            "Deaf people cannot hear [the announcement|what the driver shouts].",
        ],
        "cycling": [
            "Cycle lanes that end at the junction are [dangerous|worse than none].",
            "Let us take bicycles on [the bus|board] outside the rush hour.",
            "Secure bike sheds at the station would [fill up|be full] in a week.",
            "I would cycle if lorries [kept away|gave me room].",
            "Paint is not protection: build proper kerbs for the cycle track.",
            "Bikes are left locked to railings since the racks [went|were removed].",
        ],
        "air": [
            "The fumes in [Bridge Street|the square] make my asthma worse.",
            "Replace the old diesels by electric ones, the air is [filthy|bad] enough.",
            "Idling engines outside the school [poison|choke] the children.",
            "Clean air matters more than [a few minutes|a lane of traffic].",
            "Pollution at the crossroads is above the limit [most days|each winter].",
            "My chest hurts when the traffic stands still.",
        ],
    },
}
_ASIDES = [
    "Thank you for asking.", "I have lived here [thirty|forty] years.", "That is my view.", "I hope you listen now.",
    "See my answer to the last question.", "I agree.", "I disagree strongly.", "This is a good idea.", "Yes, mostly.",
    "No, I do not support this proposal.", "I am not sure about this.", "We discussed this at our last meeting.",
]  # fmt: skip
_OPENERS = ["", "", "", "I think ", "In our view, ", "As we said before, ", "To be honest, ", "And "]


@dataclass(frozen=True)
class KnownAnswer:
    """An answer and the themes that it speaks of."""

    text: str
    themes: frozenset[str]


def answers_about(subject: str, count: int, seed: int, sentences: slice = slice(None)) -> list[KnownAnswer]:
    """Answers on a subject; some themes are much more often spoken of than others.

    `sentences` says which of each theme's sentences are used, so that others can be kept for a test.
    """
    chance = Random(f"{subject}/{seed}")
    themes = {name: all_of[sentences] for name, all_of in SUBJECTS[subject].items()}
    names = list(themes)
    chance.shuffle(names)
    weights = [1 / (place + 1.5) for place in range(len(names))]
    return [_answer(themes, names, weights, chance) for _ in range(count)]


def _answer(themes: dict[str, list[str]], names: list[str], weights: list[float], chance: Random) -> KnownAnswer:
    many = chance.choices((0, 1, 2, 3), (8, 52, 30, 10))[0]
    chosen: set[str] = set()
    while len(chosen) < many:
        chosen.add(chance.choices(names, weights)[0])
    sentences = [
        one for name in sorted(chosen) for one in chance.sample(themes[name], 2 if chance.random() < 0.25 else 1)
    ]
    sentences += chance.sample(_ASIDES, 1 if sentences and chance.random() < 0.6 else 2)
    chance.shuffle(sentences)
    text = " ".join(_said(one, chance) for one in sentences)
    return KnownAnswer(text.upper() if chance.random() < 0.04 else text, frozenset(chosen))


def _said(sentence: str, chance: Random) -> str:
    said = _SLOT.sub(lambda slot: chance.choice(slot[1].split("|")), sentence)
    opener = chance.choice(_OPENERS)
    said = opener + (said[0].lower() + said[1:] if opener else said)
    return _mistyped(said, chance) if chance.random() < 0.15 else said


def _mistyped(said: str, chance: Random) -> str:
    """Two letters in the middle of a long word change places."""
    words = said.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 5]
    if long:
        place = chance.choice(long)
        word, at = words[place], chance.randrange(1, len(words[place]) - 2)
        words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)
