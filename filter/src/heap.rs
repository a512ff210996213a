//! The module's allocator: blocks of a few sizes, each size with a list of free ones.
//!
//! A request allocates and frees some dozens of small blocks, and the C library's allocator spends on each as much as
//! an evaluation of a rule. Blocks of up to [`LARGEST`] bytes are handed out here and kept for their size when freed;
//! larger ones are the C library's. What is kept is bounded by what was in use at one time.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    ptr::null_mut,
};

const SMALLEST: usize = 16;
const LARGEST: usize = 4_096;
const CLASSES: usize = (LARGEST / SMALLEST).ilog2() as usize + 1;

struct Heap {
    free: [Cell<*mut Block>; CLASSES],
}

/// A free block: the address of the next.
struct Block {
    next: *mut Block,
}

// SAFETY: a WebAssembly VM of the proxy has one thread, and no allocation interrupts another.
unsafe impl Sync for Heap {}

#[global_allocator]
static HEAP: Heap = Heap { free: [const { Cell::new(null_mut()) }; CLASSES] };

/// The class of a block, and its size; none for what the C library serves.
fn class(layout: Layout) -> Option<(usize, usize)> {
    let size = layout.size().max(SMALLEST).next_power_of_two();
    (size <= LARGEST && layout.align() <= SMALLEST).then(|| ((size / SMALLEST).ilog2() as usize, size))
}

// SAFETY: a block comes from `System` with its class's size and alignment, and goes back to the list of that class: the
// same layout gives the same class when it is freed. While it is free, nobody but the list looks into it.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some((class, size)) = class(layout) else { return unsafe { System.alloc(layout) } };
        let Some(free) = self.free.get(class) else { return null_mut() };
        let block = free.get();
        if block.is_null() {
            return Layout::from_size_align(size, SMALLEST)
                .map_or(null_mut(), |layout| unsafe { System.alloc(layout) });
        }
        free.set(unsafe { (*block).next });
        block.cast()
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let Some((class, _)) = class(layout) else { return unsafe { System.dealloc(block, layout) } };
        if let Some(free) = self.free.get(class) {
            let block = block.cast::<Block>();
            unsafe { (*block).next = free.get() };
            free.set(block);
        }
    }
}
