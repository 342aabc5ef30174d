//! The named networks. A new one is an entry in this file.

use crate::config::{
    Block, BroadcastBlock, HeadPool, KernelInit, MOMENTUM, NetConfig, Norm, STEM_POOL, Stem, Transition,
};
use crate::error::Error;
use mgc_ops::Activation;
use std::fmt;
use std::str::FromStr;

/// A description of a [`Variant`].
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VariantInfo {
    /// A one-line description.
    pub summary: &'static str,
    /// Its row in Table III of Heakl et al. (2022). The proposed network is in Table II.
    pub row: Option<&'static str>,
    /// The source that defines it.
    pub source: &'static str,
    /// A point that the sources leave open, and our choice.
    pub choice: &'static str,
    /// Accuracy on GTZAN in percent as the paper gives it: the best of several random splits. `None` where
    /// our sources lack the figure.
    pub paper_accuracy: Option<f64>,
    /// Share of the training target that label smoothing spreads evenly over all classes, 0 to below 1;
    /// `None` for the plain loss.
    pub label_smoothing: Option<f64>,
}

macro_rules! variants {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal {
        row: $row:expr,
        paper_accuracy: $accuracy:expr,
        summary: $summary:literal,
        source: $source:expr,
        choice: $choice:expr,
        config: $config:expr,
        $(label_smoothing: $smoothing:expr,)?
    })+) => {
        /// A network by name.
        ///
        /// Nineteen are published. Two of them are the baseline: as Liu et al. published it, and as Heakl et
        /// al. (2022) re-coded it. Three are the network that Heakl et al. propose, on which their sources
        /// disagree. The other fourteen are rows of their Table III: the re-coded baseline
        /// ([`BbnnRecoded`](Self::BbnnRecoded)) with one change or, for `inception_resnet` and `xception`,
        /// with other blocks. [`FrequencyAware`](Self::FrequencyAware) is ours. Parameter counts are for ten
        /// classes, multiply-adds for one clip of 647 x 128; [`layer_table`](crate::layer_table) gives both
        /// for any size.
        ///
        /// ```
        /// use mgc_nets::Variant;
        /// let variant: Variant = "proposed".parse()?;
        /// assert_eq!(variant, Variant::Proposed);
        /// assert_eq!(Variant::NAMES.len(), Variant::ALL.len());
        /// let error = "propsed".parse::<Variant>().unwrap_err();
        /// assert!(error.to_string().contains("did you mean `proposed`?"));
        /// # Ok::<(), mgc_nets::Error>(())
        /// ```
        #[non_exhaustive]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Variant {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Variant {
            /// All variants: the named networks, the rows of the paper's Table III, ours.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The names of [`ALL`](Self::ALL), in the same order; [`FromStr`] knows them.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// Returns the name used on command lines and in saved models.
            ///
            /// ```
            /// use mgc_nets::Variant;
            /// assert_eq!(Variant::SqueezeExcitation.name(), "squeeze_excitation");
            /// ```
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Returns a description of the network and its sources.
            ///
            /// ```
            /// use mgc_nets::Variant;
            /// let info = Variant::GroupNorm.info();
            /// assert_eq!((info.row, info.paper_accuracy), (Some("Group Normalization"), Some(82.0)));
            /// ```
            pub const fn info(self) -> VariantInfo {
                match self {
                    $(Self::$variant => VariantInfo {
                        summary: $summary,
                        row: $row,
                        source: $source,
                        choice: $choice,
                        paper_accuracy: $accuracy,
                        label_smoothing: {
                            const SHARE: &[f64] = &[$($smoothing)?];
                            SHARE.first().copied()
                        },
                    },)+
                }
            }

            /// Returns the share of the training target that this variant spreads evenly over all classes.
            ///
            /// Label smoothing belongs to the loss, not to the network: give it to the training
            /// (`mgc_train::TrainConfig::label_smoothing`). Evaluation uses the plain loss.
            ///
            /// ```
            /// use mgc_nets::Variant;
            /// assert_eq!(Variant::LabelSmoothing.label_smoothing(), Some(0.1));
            /// assert_eq!(Variant::Proposed.label_smoothing(), None);
            /// ```
            pub const fn label_smoothing(self) -> Option<f64> {
                self.info().label_smoothing
            }

            /// Returns the configuration of the network for `classes` classes.
            ///
            /// ```
            /// use mgc_nets::{KernelInit, Variant};
            /// let config = Variant::Proposed.config(13);
            /// assert_eq!((config.classes, config.blocks), (13, 4));
            /// assert_eq!(config.kernel_init, KernelInit::LecunNormal);
            /// ```
            pub fn config(self, classes: usize) -> NetConfig {
                let config = match self { $(Self::$variant => $config,)+ };
                NetConfig { classes, ..config }
            }
        }
    };
}

const LIU: &str = "the code and weights of Liu et al. (2020)";
const NOTEBOOKS: &str = "the notebooks of Heakl et al.";
const TEXT: &str = "the text of Heakl et al. (2022)";
const NOTHING: &str = "nothing is left open";

variants! {
    /// The bottom-up broadcast network of Liu et al. (2020) as in its published code and weights: 3 blocks,
    /// 190,826 parameters, 3.72 G multiply-adds.
    Bbnn = "bbnn" {
        row: None,
        paper_accuracy: Some(89.0),
        summary: "bottom-up broadcast network of Liu et al. (2020)",
        source: LIU,
        choice: "the paper does not say which of the two baselines it trained; both are here",
        config: liu(),
    }
    /// The baseline as Heakl et al. re-coded it: its transition is 1x1 convolution, normalisation, ReLU, max
    /// pool. 189,290 parameters, 3.72 G multiply-adds. All rows of Table III below are changes to it.
    BbnnRecoded = "bbnn_recoded" {
        row: Some("BBNN (baseline)"),
        paper_accuracy: Some(89.0),
        summary: "the baseline as Heakl et al. re-coded it; base of the variants",
        source: NOTEBOOKS,
        choice: "the paper does not say which of the two baselines it trained; the two notebooks of variants \
                 build on this one",
        config: recoded(),
    }
    /// The network proposed by Heakl et al. (2022) as in the authors' Ballroom and FMA notebooks: 4 blocks
    /// without the second branch's 3x3 convolution, 3x3 instead of 5x5. 186,026 parameters, 3.51 G
    /// multiply-adds.
    ///
    /// The paper's figure shows another network ([`ProposedFigure`](Self::ProposedFigure)) and the GTZAN
    /// notebook a third ([`ProposedCode3`](Self::ProposedCode3)). The 202,010 parameters that the notebooks
    /// print belong to [`SqueezeExcitation`](Self::SqueezeExcitation).
    Proposed = "proposed" {
        row: None,
        paper_accuracy: Some(90.0),
        summary: "the network that Heakl et al. (2022) propose, as in their notebooks",
        source: NOTEBOOKS,
        choice: NOTHING,
        config: proposed(),
    }
    /// The proposed network as in the committed GTZAN notebook: 3 blocks, Glorot-uniform kernels. 112,394
    /// parameters, 2.13 G multiply-adds.
    ProposedCode3 = "proposed_code3" {
        row: None,
        paper_accuracy: None,
        summary: "the proposed network, three blocks, as in the GTZAN notebook",
        source: NOTEBOOKS,
        choice: NOTHING,
        config: NetConfig { blocks: 3, kernel_init: KernelInit::GlorotUniform, ..proposed() },
    }
    /// The proposed network as in the paper's figure: the third branch's convolution factorised into 3x1 and
    /// 1x3, and Liu's transition. 175,914 parameters, 3.25 G multiply-adds.
    ProposedFigure = "proposed_figure" {
        row: None,
        paper_accuracy: None,
        summary: "the proposed network as in the figure",
        source: "the figure and text of Heakl et al. (2022)",
        choice: "normalisation boxes include a ReLU, as the text says; pools are valid as in all code, though the \
                 figure says same",
        config: NetConfig {
            block: branches(&[], &[(3, 1), (1, 3)]),
            transition: Transition::PreActivation,
            ..proposed()
        },
    }
    /// The baseline without the second branch's 3x3 convolution: 161,546 parameters, 3.15 G multiply-adds.
    Remove3x3 = "remove3x3" {
        row: Some("Remove 3x3"),
        paper_accuracy: None,
        summary: "no 3x3 convolution in the second branch",
        source: TEXT,
        choice: "the bottleneck keeps its normalisation and ReLU: only then does the network lose the paper's \
                 27,744 parameters",
        config: NetConfig { block: branches(&[], &[(5, 5)]), ..recoded() },
    }
    /// The baseline with 3x3 instead of 5x5 convolutions: 140,138 parameters, 2.70 G multiply-adds.
    Replace5x5 = "replace5x5" {
        row: Some("Replace 5x5"),
        paper_accuracy: None,
        summary: "3x3 instead of 5x5 in the third branch",
        source: TEXT,
        choice: NOTHING,
        config: NetConfig { block: branches(&[(3, 3)], &[(3, 3)]), ..recoded() },
    }
    /// The baseline with a global max pool in the head: 189,290 parameters, 3.72 G multiply-adds.
    GlobalMax = "global_max" {
        row: Some("Global Pooling"),
        paper_accuracy: None,
        summary: "global max instead of average pool",
        source: TEXT,
        choice: "the section is titled global average pooling, but it changes the average to the maximum",
        config: NetConfig { head_pool: HeadPool::Max, ..recoded() },
    }
    /// The baseline with dropout before the dense layer: 189,290 parameters, 3.72 G multiply-adds.
    Dropout = "dropout" {
        row: Some("Dropout"),
        paper_accuracy: None,
        summary: "dropout before the dense layer, 60 % kept",
        source: TEXT,
        choice: "inverted scaling, between pool and dense layer",
        config: NetConfig { dropout: 0.4, ..recoded() },
    }
    /// The baseline with one block: 46,058 parameters, 0.93 G multiply-adds.
    Blocks1 = "blocks1" {
        row: Some("Blocks 1"),
        paper_accuracy: None,
        summary: "one block",
        source: TEXT,
        choice: NOTHING,
        config: NetConfig { blocks: 1, ..recoded() },
    }
    /// The baseline with two blocks: 108,458 parameters, 2.16 G multiply-adds.
    Blocks2 = "blocks2" {
        row: Some("Blocks 2"),
        paper_accuracy: None,
        summary: "two blocks",
        source: TEXT,
        choice: NOTHING,
        config: NetConfig { blocks: 2, ..recoded() },
    }
    /// The baseline with five blocks: 406,250 parameters, 7.85 G multiply-adds.
    Blocks5 = "blocks5" {
        row: Some("Blocks 5"),
        paper_accuracy: Some(86.0),
        summary: "five blocks",
        source: TEXT,
        choice: NOTHING,
        config: NetConfig { blocks: 5, ..recoded() },
    }
    /// The baseline with SELU instead of ReLU: 189,290 parameters, 3.72 G multiply-adds.
    Selu = "selu" {
        row: Some("SELU"),
        paper_accuracy: Some(83.0),
        summary: "SELU instead of ReLU",
        source: TEXT,
        choice: "normalisations and glorot-uniform kernels stay: the text changes the activation only",
        config: NetConfig { activation: Activation::Selu, ..recoded() },
    }
    /// The baseline with group instead of batch normalisation: 184,874 parameters, 3.72 G multiply-adds.
    GroupNorm = "group_norm" {
        row: Some("Group Normalization"),
        paper_accuracy: Some(82.0),
        summary: "group instead of batch normalisation",
        source: TEXT,
        choice: "\"16 features per group\" is read as 16 channels in a group; epsilon 1e-3 is Keras' default",
        config: NetConfig { norm: Norm::Group, ..recoded() },
    }
    /// The baseline, trained with label smoothing ([`label_smoothing`](Self::label_smoothing)): 189,290
    /// parameters, 3.72 G multiply-adds.
    LabelSmoothing = "label_smoothing" {
        row: Some("Label Smoothing"),
        paper_accuracy: Some(84.0),
        summary: "smoothed labels in the training loss",
        source: TEXT,
        choice: "0.1 over all classes, as in the Inception-v3 paper it cites; evaluation uses the plain loss",
        config: recoded(),
        label_smoothing: 0.1,
    }
    /// The baseline with squeeze-and-excitation in every block: 202,010 parameters, 3.72 G multiply-adds.
    SqueezeExcitation = "squeeze_excitation" {
        row: Some("Squeeze and Excitation"),
        paper_accuracy: Some(85.0),
        summary: "squeeze-and-excitation of each block's branches",
        source: NOTEBOOKS,
        choice: "the notebook's global max pool and ratio 8; the text cites a paper with average pool and 16",
        config: NetConfig {
            block: Block::Broadcast(BroadcastBlock { squeeze_ratio: Some(8), ..BroadcastBlock::default() }),
            ..recoded()
        },
    }
    /// The baseline with an LSTM as the fifth branch of every block: 251,978 parameters, 4.42 G
    /// multiply-adds.
    Lstm = "lstm" {
        row: Some("LSTM"),
        paper_accuracy: None,
        summary: "an LSTM over time as fifth branch",
        source: TEXT,
        choice: "the text says only \"embedded into our inception module\"; here 32 units, as many as a branch \
                 has filters, run over time on the mean over bands; all bands at once would cost 528,000 \
                 parameters a block",
        config: NetConfig {
            block: Block::Broadcast(BroadcastBlock { lstm_units: Some(32), ..BroadcastBlock::default() }),
            ..recoded()
        },
    }
    /// Stem and blocks A, B, C of Inception-ResNet v1 with the baseline's head: 185,300 parameters, 0.32 G
    /// multiply-adds.
    InceptionResnet = "inception_resnet" {
        row: Some("Inception-ResNet"),
        paper_accuracy: Some(87.1),
        summary: "Inception-ResNet v1, narrowed",
        source: "the text of Heakl et al. (2022) for the stem's topology and the order of layers",
        choice: "widths are 3/8 of the original stem's and 32 filters a branch, for as many weights as the \
                 baseline has, as the text asks (its \"similar computational complexity\" cannot hold too); no \
                 reduction blocks, no residual scaling, no transition",
        config: NetConfig {
            stem: Stem::InceptionResnet,
            width: 12,
            block: Block::InceptionResnet,
            transition: Transition::None,
            ..recoded()
        },
    }
    /// Four blocks of one separable convolution each: 145,322 parameters, 2.91 G multiply-adds.
    Xception = "xception" {
        row: Some("Xception"),
        paper_accuracy: Some(89.0),
        summary: "separable convolutions instead of branches",
        source: NOTEBOOKS,
        choice: "the text's residual connection is a concatenation in the code and here",
        config: NetConfig { block: Block::Separable, blocks: 4, ..recoded() },
    }
    /// Ours, in no paper: the proposed network, aware of absolute frequency. Its first convolution also reads
    /// each band's position, its head keeps four sub-bands apart and takes mean and maximum over time, and
    /// its stem pools two frames and two bands instead of four frames. 188,554 parameters, 3.54 G
    /// multiply-adds.
    FrequencyAware = "frequency_aware" {
        row: None,
        paper_accuracy: None,
        summary: "ours: the proposed network with band positions and a head of four sub-bands",
        source: "ours, after Koutini et al. (2019) and Kong et al. (2020)",
        choice: "positions from -20 to 20, as far apart as loud and soft in dB; momentum 0.9, for short trainings",
        config: NetConfig {
            stem_pool: (2, 2),
            coordinate: Some(20.),
            norm_momentum: 0.9,
            head_pool: HeadPool::SubBands(4),
            ..proposed()
        },
    }
}

impl Default for NetConfig {
    fn default() -> Self {
        liu()
    }
}

fn liu() -> NetConfig {
    NetConfig {
        classes: 10,
        stem: Stem::Broadcast,
        stem_pool: STEM_POOL,
        coordinate: None,
        width: 32,
        block: Block::Broadcast(BroadcastBlock::default()),
        blocks: 3,
        growth: 32,
        transition: Transition::PreActivation,
        norm: Norm::Batch,
        norm_momentum: MOMENTUM,
        activation: Activation::Relu,
        head_pool: HeadPool::Average,
        dropout: 0.,
        kernel_init: KernelInit::GlorotUniform,
    }
}

fn recoded() -> NetConfig {
    NetConfig { transition: Transition::PostActivation, ..liu() }
}

fn proposed() -> NetConfig {
    let block = branches(&[], &[(3, 3)]);
    NetConfig { block, blocks: 4, kernel_init: KernelInit::LecunNormal, ..recoded() }
}

fn branches(kernels3: &[(usize, usize)], kernels5: &[(usize, usize)]) -> Block {
    let (kernels3, kernels5) = (kernels3.to_vec(), kernels5.to_vec());
    Block::Broadcast(BroadcastBlock { kernels3, kernels5, ..BroadcastBlock::default() })
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Variant {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|variant| variant.name() == name);
        found.ok_or_else(|| Error::UnknownVariant {
            name: name.to_owned(),
            suggestion: nearest(name),
            known: Self::NAMES,
        })
    }
}

/// Returns the known name closest to `name`, if one is close enough to be meant.
fn nearest(name: &str) -> Option<&'static str> {
    const CLOSE: f64 = 0.7;
    let name = name.to_lowercase();
    let scored = Variant::NAMES.iter().map(|known| (strsim::jaro_winkler(&name, known), *known));
    let (score, known) = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (score > CLOSE).then_some(known)
}
