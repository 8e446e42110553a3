"""The pure part of attribution: codes, facts, checks, and the decision."""

from plugin.attribution.rules.checks import goods as goods
from plugin.attribution.rules.codes import code_key as code_key
from plugin.attribution.rules.codes import new_code as new_code
from plugin.attribution.rules.codes import slug_prefix as slug_prefix
from plugin.attribution.rules.codes import typed_codes as typed_codes
from plugin.attribution.rules.deciding import decide as decide
from plugin.attribution.rules.deciding import in_force as in_force
from plugin.attribution.rules.facts import AdvocateFact as AdvocateFact
from plugin.attribution.rules.facts import Candidates as Candidates
from plugin.attribution.rules.facts import CodeFact as CodeFact
from plugin.attribution.rules.facts import Decision as Decision
from plugin.attribution.rules.facts import Model as Model
from plugin.attribution.rules.facts import Step as Step
from plugin.attribution.rules.facts import Terms as Terms
from plugin.attribution.rules.facts import VisitFact as VisitFact
