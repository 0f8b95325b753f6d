;; Gives its input back, and does before what every service needs. The launcher's canary (src/wasm.c has its bytes), and what
;; the bootstrap runs before the lock, so that nothing is compiled for the first time after it (bootstrap.js has them in
;; base64). A test compares all three.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $stat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (table 1 funcref)
  (elem (i32.const 0) $run)
  (func $run (result i32)
    (if (call $stat (i32.const 1) (i32.const 64)) (then unreachable))
    (if (call $time (i32.const 1) (i64.const 0) (i32.const 64)) (then unreachable))
    (if (call $random (i32.const 64) (i32.const 64)) (then unreachable))
    (if (i32.lt_s (memory.grow (i32.const 1)) (i32.const 0)) (then unreachable))
    (loop $next
      (i32.store (i32.const 0) (i32.const 1024))
      (i32.store (i32.const 4) (i32.const 4096))
      (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 4)) (then unreachable))
      (if (i32.load (i32.const 4))
        (then
          (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
          (br $next))))
    (i32.const 0))
  (func (export "_start")
    (call $exit (call_indirect (result i32) (i32.const 0)))))
