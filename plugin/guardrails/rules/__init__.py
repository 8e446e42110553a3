"""The pure part of guardrails: likeness of names, the rules, and the judgement over them."""

from plugin.guardrails.rules.judging import RULES as RULES
from plugin.guardrails.rules.judging import Facts as Facts
from plugin.guardrails.rules.judging import Judgement as Judgement
from plugin.guardrails.rules.judging import Reason as Reason
from plugin.guardrails.rules.judging import Rule as Rule
from plugin.guardrails.rules.judging import Side as Side
from plugin.guardrails.rules.judging import is_new as is_new
from plugin.guardrails.rules.judging import judge as judge
