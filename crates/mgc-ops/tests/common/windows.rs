//! Any window: kernels and strides of several sizes, padded or not.

use mgc_ops::Window;
use proptest::prelude::*;

pub(crate) fn window() -> impl Strategy<Value = Window> {
    (1usize..5, 1usize..5, 1usize..4, 1usize..4, any::<bool>()).prop_map(|(kh, kw, sh, sw, padded)| {
        if padded {
            Window { stride: (sh, sw), ..Window::same((kh, kw)) }
        } else {
            Window::valid((kh, kw), (sh, sw))
        }
    })
}
