"""The stages of a run, in order, with each one's share of the seconds that are left."""

from pv_engine.benchmarks.gpu_session.device_tests import run_tests
from pv_engine.benchmarks.gpu_session.packing import pack_weights
from pv_engine.benchmarks.gpu_session.session import Stage
from pv_engine.benchmarks.gpu_session.speed import measure_engine, measure_search
from pv_engine.benchmarks.gpu_session.training import make_stimuli, train_classifier, train_decoder

STAGES = (
    Stage("tests", 0.1, run_tests),
    Stage("engine", 0.15, measure_engine),
    Stage("search", 0.05, measure_search),
    Stage("classifier", 0.55, train_classifier),
    Stage("decoder", 0.7, train_decoder),
    Stage("stimuli", 0.8, make_stimuli),
    Stage("weights", 1.0, pack_weights),
)
