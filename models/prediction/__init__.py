"""The vocabulary of answers: what windtunnel says about a stack."""

from models.prediction.availability_answer import AvailabilityPrediction as AvailabilityPrediction
from models.prediction.availability_answer import Block as Block
from models.prediction.availability_answer import BlockResult as BlockResult
from models.prediction.availability_answer import CutSets as CutSets
from models.prediction.availability_answer import Importance as Importance
from models.prediction.cost_answer import BreakEven as BreakEven
from models.prediction.cost_answer import CostLine as CostLine
from models.prediction.cost_answer import CostPrediction as CostPrediction
from models.prediction.energy_answer import EnergyPrediction as EnergyPrediction
from models.prediction.estimates import UNIT as UNIT
from models.prediction.estimates import Distribution as Distribution
from models.prediction.estimates import Estimate as Estimate
from models.prediction.estimates import Method as Method
from models.prediction.group_answer import GroupDescription as GroupDescription
from models.prediction.history_answer import MediumHistory as MediumHistory
from models.prediction.stack_answer import ChangedValue as ChangedValue
from models.prediction.stack_answer import Finding as Finding
from models.prediction.stack_answer import Issue as Issue
from models.prediction.stack_answer import ObjectiveResult as ObjectiveResult
from models.prediction.stack_answer import Prediction as Prediction
from models.prediction.stack_answer import Source as Source
from models.prediction.stack_answer import Verdict as Verdict
from models.prediction.store_answer import DegradedStore as DegradedStore
from models.prediction.store_answer import StoreDescription as StoreDescription
from models.prediction.store_answer import StoreDurability as StoreDurability
from models.prediction.workload_answer import WorkloadPrediction as WorkloadPrediction
