//! One training run, from prepared data to a bundle and its report.

use super::cli::Outcome;
use super::epochs::Show;
use super::number::thousands;
use super::results::{Results, write_results};
use super::run_folder::{BEST, LOG, STATE};
use super::say::say;
use super::sides::Prepared;
use candle_nn::VarMap;
use mgc::audio::MelConfig;
use mgc::candle::{DType, Device, utils::get_num_threads};
use mgc::datasets::Split;
use mgc::nets::{NetConfig, Variant, broadcast_net, tensor_shapes};
use mgc::ops::keep_freed_memory;
use mgc::train::{Adam, BestCheckpoint, CsvLog, Examples, ResumeFile, evaluate, seeded, trainable};
use mgc::{Bundle, Recipe};
use serde_json::{Value, json};
use std::path::Path;

/// Fewer tracks of a genre than this teach little.
const FEW: usize = 10;

/// What is trained, and how.
pub(crate) struct Experiment {
    pub(crate) variant: Variant,
    pub(crate) recipe_name: String,
    /// Its seed is that of the initial weights too.
    pub(crate) recipe: Recipe,
    /// What the bundle declares as its front end.
    pub(crate) front_end: Option<MelConfig>,
}

impl Experiment {
    /// What two runs must share for one to go on where the other was stopped.
    pub(crate) fn settings(&self, dataset: &str, root: &str) -> Value {
        let Recipe { train, adam } = &self.recipe;
        json!({
            "dataset": dataset, "root": root, "variant": self.variant.name(), "recipe": self.recipe_name,
            "batch_size": train.batch_size, "lr": adam.lr, "seed": train.seed,
            "front_end": self.front_end.as_ref().map(|config| format!("{config:?}")),
        })
    }

    /// Trains (or goes on), restores the best epoch, scores it, and writes everything into `folder`.
    pub(crate) fn run(&self, data: &Prepared, folder: &Path) -> Outcome {
        let train =
            data.examples(Split::Train).ok_or("no track to train on: every one lies on another side")?;
        let network = self.variant.config(data.dataset.genres().len());
        network.validate()?;
        self.announce(&network, train)?;
        keep_freed_memory();
        warn_of_few(data, train);

        let vars = VarMap::new();
        let net = broadcast_net(&network, seeded(&vars, self.recipe.train.seed, DType::F32, &Device::Cpu))?;
        let mut adam = Adam::from_named_vars(trainable(&vars)?, self.recipe.adam)?;
        let best = BestCheckpoint::new(folder.join(BEST), &vars);
        let valid = data.examples(Split::Valid).map(|examples| examples as &dyn Examples);
        let report = self
            .recipe
            .for_variant(self.variant)
            .trainer(&net)
            .with(CsvLog::new(folder.join(LOG)))
            .with(best.clone())
            .with(Show::new(self.recipe.train.epochs))
            .fit_resumable(&net, &mut adam, train, valid, &ResumeFile::new(folder.join(STATE), &vars))?;
        best.restore()?;

        let side = [Split::Test, Split::Valid].into_iter().find(|side| data.examples(*side).is_some());
        let side = side.unwrap_or(Split::Train);
        let evaluation = evaluate(&net, &data.side(side).examples, self.recipe.train.batch_size)?;
        let bundle = Bundle::new(network, self.front_end.clone(), data.dataset.genres().to_vec(), &vars)?
            .with_input(data.shape.0, data.shape.1);
        let best_epoch = report.best.map_or(0, |index| index + 1);
        let bundle = self.with_provenance(bundle, data, best_epoch);
        write_results(folder, data, &Results { report, side, evaluation, bundle })
    }

    /// What is about to happen and what it takes.
    fn announce(&self, network: &NetConfig, train: &dyn Examples) -> Outcome {
        let parameters = tensor_shapes(network)?.values().map(|shape| shape.iter().product::<usize>()).sum();
        let config = &self.recipe.train;
        say!(
            "{} ({} parameters), recipe {}: at most {} x {} steps, batch size {}, seed {}, threads {}",
            self.variant,
            thousands(parameters),
            self.recipe_name,
            config.epochs,
            train.len().div_ceil(config.batch_size.max(1)),
            config.batch_size,
            config.seed,
            get_num_threads()
        );
        Ok(())
    }

    fn with_provenance(&self, bundle: Bundle, data: &Prepared, best_epoch: usize) -> Bundle {
        let dataset = data.dataset.info().name;
        let trained = data.side(Split::Train).tracks.len();
        let Recipe { train, adam } = &self.recipe;
        bundle
            .with_provenance("dataset", dataset)
            .with_provenance("split", data.origin)
            .with_provenance("trained on", format!("{trained} tracks of {dataset}"))
            .with_provenance("variant", self.variant)
            .with_provenance(
                "recipe",
                format!("{}, batches of {}, lr {}", self.recipe_name, train.batch_size, adam.lr),
            )
            .with_provenance("seed", train.seed)
            .with_provenance("best epoch", best_epoch)
    }
}

fn warn_of_few(data: &Prepared, train: &mgc::train::SpectrogramExamples) {
    let genres = data.dataset.genres();
    let count = |genre: usize| train.labels().iter().filter(|&&label| label as usize == genre).count();
    let few: Vec<_> =
        (0..genres.len()).map(|genre| (count(genre), &genres[genre])).filter(|(n, _)| *n < FEW).collect();
    if !few.is_empty() {
        let list: Vec<_> = few.iter().map(|(count, genre)| format!("{genre} {count}")).collect();
        eprintln!(
            "warning: fewer than {FEW} training tracks of some genres ({}); expect poor results",
            list.join(", ")
        );
    }
}
