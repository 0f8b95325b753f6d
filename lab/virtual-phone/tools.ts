// Programs of the host that a virtual phone is made of. The caller (lab/toolchain, tests) says where they are.

export interface PhoneTools {
  /** The pinned Node that runs the phone process. */
  readonly node: string;
  /** This room's main.ts, or its bundle. */
  readonly entry: string;
  /** mksh. */
  readonly shell: string;
  readonly toybox: string;
  /** Made from native/. */
  readonly phoneInit: string;
  readonly phoneCall: string;
  /** Home of a JDK, to appear as /apex/jvm. */
  readonly jvm?: string;
  /** More host folders that the tools need, bound read-only at the same path (libraries in a cache). */
  readonly libraries?: readonly string[];
}
