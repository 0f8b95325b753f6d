# Escape attempts in Python, by name. Each answers `did` when it has done what it must not be able to do. Run with all of
# Python at hand; outside the sandbox too, as the control of each. Its input is a name; `--names` prints all of them.

import atexit
import errno
import faulthandler
import gc
import mmap
import os
import resource
import sys
import time


class Later:
    """A module that is imported where it is used: all of them would take an emulated machine seconds, for each attempt."""

    def __init__(self, make):
        self.make, self.made = make, None

    def __getattr__(self, name):
        self.made = self.made or self.make()
        return getattr(self.made, name)


_posixshmem, ctypes, json, random, re, signal, socket, subprocess, threading, zlib = (
    Later(lambda name=name: __import__(name))
    for name in '_posixshmem ctypes json random re signal socket subprocess threading zlib'.split()
)
urllib = Later(lambda: __import__('urllib.request'))
libc = Later(lambda: ctypes.CDLL(None, use_errno=True))
ATTEMPTS = {}
LOCK, END = 0x0AB10000, 0x0AB20000
MIB = 1024 * 1024
ANYWHERE = f'/tmp/abhaya-attempt-{os.getpid()}'
ARM = sys.implementation._multiarch.startswith('aarch64')
# Numbers of calls that libc has no function for, or only a careful one.
CALLS = {
    'ptrace': (101, 117),
    'unshare': (272, 97),
    'setns': (308, 268),
    'mount': (165, 40),
    'bpf': (321, 280),
    'perf_event_open': (298, 241),
    'keyctl': (250, 219),
    'io_uring_setup': (425, 425),
    'userfaultfd': (323, 282),
    'process_vm_readv': (310, 270),
    'process_vm_writev': (311, 271),
    'pidfd_open': (434, 434),
    'personality': (135, 92),
    'prctl': (157, 167),
    'seccomp': (317, 277),
    'clone3': (435, 435),
    'memfd_secret': (447, 447),
    'execveat': (322, 281),
    'openat2': (437, 437),
    'landlock_create_ruleset': (444, 444),
    'umask': (95, 166),
    'unknown': (1_000, 1_000),
}


def attempt(function):
    ATTEMPTS[function.__name__.replace('_', '-')] = function
    return function


def asked(name, *arguments):
    """The kernel was reached, even if it has not got this, or wants more rights."""
    libc.syscall.restype = ctypes.c_long
    libc.syscall(ctypes.c_long(CALLS[name][ARM]), *(ctypes.c_long(one) for one in arguments))
    return 'did'


def unless_forbidden(act):
    """Asking is enough: refused for want of rights is an answer of the kernel, too."""
    try:
        act()
    except PermissionError:
        pass
    return 'did'


# --- files ---


@attempt
def open_file():
    os.close(os.open('/etc/passwd', os.O_RDONLY))
    return 'did'


@attempt
def write_file():
    with open(ANYWHERE, 'w') as file:
        file.write('x')
    os.unlink(ANYWHERE)
    return 'did'


@attempt
def list_folder():
    return 'did' if os.listdir('/') else 'no'


@attempt
def walk_folder():
    with os.scandir('/') as entries:
        return 'did' if next(entries) else 'no'


@attempt
def stat_path():
    return 'did' if os.stat('/') else 'no'


@attempt
def make_folder():
    os.mkdir(ANYWHERE)
    os.rmdir(ANYWHERE)
    return 'did'


@attempt
def make_symlink():
    os.symlink('/', ANYWHERE)
    os.unlink(ANYWHERE)
    return 'did'


@attempt
def make_fifo():
    os.mkfifo(ANYWHERE)
    os.unlink(ANYWHERE)
    return 'did'


@attempt
def read_link():
    return 'did' if os.readlink('/proc/self/exe') else 'no'


@attempt
def change_folder():
    os.chdir('/')
    return 'did'


@attempt
def own_memory():
    os.close(os.open('/proc/self/mem', os.O_RDWR))
    return 'did'


@attempt
def memory_file():
    os.close(os.memfd_create('attempt'))
    return 'did'


@attempt
def named_shared_memory():
    name = f'/abhaya-attempt-{os.getpid()}'
    os.close(_posixshmem.shm_open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600))
    _posixshmem.shm_unlink(name)
    return 'did'


@attempt
def import_from_files():
    from importlib.machinery import PathFinder

    PathFinder.find_spec('os', ['/usr/lib'])
    return 'did'


@attempt
def terminal():
    os.close(os.openpty()[0])
    return 'did'


# --- network ---


@attempt
def tcp_socket():
    socket.socket().close()
    return 'did'


@attempt
def unix_socket():
    socket.socket(socket.AF_UNIX).close()
    return 'did'


@attempt
def socket_pair():
    socket.socketpair()[0].close()
    return 'did'


@attempt
def netlink_socket():
    return unless_forbidden(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close())


@attempt
def raw_socket():
    return unless_forbidden(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close())


@attempt
def look_up_name():
    socket.getaddrinfo('localhost', 80)
    return 'did'


@attempt
def fetch():
    try:
        urllib.request.urlopen('http://127.0.0.1:9/', timeout=5)
    except urllib.error.URLError:
        pass  # refused is an answer of the network, too
    return 'did'


@attempt
def socket_of_input():
    try:
        socket.socket(fileno=os.dup(0))
    except OSError as error:
        return 'did' if error.errno == 88 else 'no'  # the kernel says that it is none


@attempt
def host_name():
    return 'did' if socket.gethostname() else 'no'


# --- processes ---


@attempt
def fork():
    if os.fork() == 0:
        os._exit(0)
    os.wait()
    return 'did'


@attempt
def fork_terminal():
    import pty

    if pty.fork()[0] == 0:
        os._exit(0)
    os.wait()
    return 'did'


@attempt
def execute():
    os.execv('/bin/echo', ['echo', '-n', 'did'])


@attempt
def spawn():
    return 'did' if subprocess.run(['/bin/true']).returncode == 0 else 'no'


@attempt
def posix_spawn():
    os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)
    return 'did'


@attempt
def shell():
    return 'did' if os.system('true') == 0 else 'no'


@attempt
def thread():
    started = threading.Thread(target=lambda: None)
    started.start()
    started.join()
    return 'did'


@attempt
def signal_other():
    return unless_forbidden(lambda: os.kill(1, 0))


@attempt
def signal_self():
    os.kill(os.getpid(), 0)
    return 'did'


@attempt
def signal_handler():
    signal.signal(signal.SIGUSR1, lambda *_: None)
    return 'did'


@attempt
def alarm():
    signal.setitimer(signal.ITIMER_REAL, 1_000)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return 'did'


@attempt
def fault_handler():
    faulthandler.enable(sys.stdin)
    return 'did'


@attempt
def priority():
    os.setpriority(os.PRIO_PROCESS, 0, 1)
    return 'did'


@attempt
def set_user():
    try:
        return unless_forbidden(lambda: os.setuid(0))
    except OSError as error:
        # In a user namespace that has no such user the kernel says so.
        if error.errno != errno.EINVAL:
            raise
        return 'did'


@attempt
def processors():
    os.sched_setaffinity(0, os.sched_getaffinity(0))
    return 'did'


@attempt
def raise_limit():
    resource.setrlimit(resource.RLIMIT_DATA, resource.getrlimit(resource.RLIMIT_DATA))
    return 'did'


@attempt
def parent_number():
    return 'did' if os.getppid() > 0 else 'no'


# --- foreign functions ---


@attempt
def load_library():
    try:
        ctypes.CDLL('libabsent.so')
    except OSError as error:
        return 'did' if 'cannot open' in str(error) else 'no'


@attempt
def foreign_open():
    return 'did' if libc.open(b'/', 0) >= 0 else 'no'


@attempt
def foreign_fork():
    if libc.fork() == 0:
        os._exit(0)
    os.wait()
    return 'did'


@attempt
def callback():
    """A closure needs code that is made when it is."""
    made = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda number: number + 1)
    return 'did' if made(1) == 2 else 'no'


def mapped(protection, flags, size=4096, descriptor=-1):
    libc.mmap.restype = ctypes.c_void_p
    arguments = (ctypes.c_void_p(0), ctypes.c_size_t(size), protection, flags, descriptor, ctypes.c_long(0))
    address = libc.mmap(*arguments)
    return None if address == ctypes.c_void_p(-1).value else address


def run_code(address):
    code = bytes.fromhex('e0031f2ac0035fd6' if ARM else '31c0c3')  # answers 0
    ctypes.memmove(address, code, len(code))
    return 'did' if ctypes.CFUNCTYPE(ctypes.c_int)(address)() == 0 else 'no'


@attempt
def executable_memory():
    return run_code(mapped(7, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))


@attempt
def executable_later():
    address = mapped(3, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if libc.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(4096), 7) != 0:
        return 'no'
    return run_code(address)


@attempt
def writable_code():
    """The page of a function of libc."""
    page = ctypes.cast(libc.getppid, ctypes.c_void_p).value & ~0xFFFF
    return 'did' if libc.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(65_536), 7) == 0 else 'no'


@attempt
def jump_into_data():
    """Data is not code, inside or outside."""
    data = ctypes.create_string_buffer(b'\xc3' * 16)
    ctypes.CFUNCTYPE(None)(ctypes.addressof(data))()
    return 'did'


@attempt
def null_pointer():
    return str(ctypes.string_at(0))


@attempt
def shared_mapping():
    mmap.mmap(-1, 4096).close()
    return 'did'


@attempt
def file_mapping():
    return 'did' if mapped(1, mmap.MAP_PRIVATE, descriptor=0) else 'no'


@attempt
def moved_mapping():
    """To an address of its own choice."""
    libc.mremap.restype = ctypes.c_void_p
    first, second = (mapped(3, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) for _ in range(2))
    size = ctypes.c_size_t(4096)
    moved = libc.mremap(ctypes.c_void_p(first), size, size, 3, ctypes.c_void_p(second))
    return 'did' if moved == second else 'no'


@attempt
def trace():
    return asked('ptrace', 0, 0, 0, 0)


@attempt
def new_namespace():
    return asked('unshare', 0x10000000)


@attempt
def join_namespace():
    return asked('setns', -1, 0)


@attempt
def mount():
    return asked('mount', 0, 0, 0, 0, 0)


@attempt
def kernel_program():
    return asked('bpf', 0, 0, 0)


@attempt
def performance_counter():
    return asked('perf_event_open', 0, 0, -1, -1, 0)


@attempt
def kernel_key():
    return asked('keyctl', 0, -3, 0)


@attempt
def ring():
    return asked('io_uring_setup', 1, 0)


@attempt
def fault_descriptor():
    return asked('userfaultfd', 0)


@attempt
def read_other_memory():
    return asked('process_vm_readv', os.getppid() if len(sys.argv) > 1 else 1, 0, 0, 0, 0, 0)


@attempt
def write_other_memory():
    return asked('process_vm_writev', 1, 0, 0, 0, 0, 0)


@attempt
def process_descriptor():
    return asked('pidfd_open', 1, 0)


@attempt
def other_personality():
    return asked('personality', 0xFFFFFFFF)


@attempt
def process_control():
    return asked('prctl', 16, 0)


@attempt
def another_filter():
    return asked('seccomp', 2, 0, 0)


@attempt
def clone_with_structure():
    return asked('clone3', 0, 0)


@attempt
def secret_memory():
    return asked('memfd_secret', 0)


@attempt
def execute_descriptor():
    return asked('execveat', -1, 0, 0, 0, 0)


@attempt
def open_by_structure():
    return asked('openat2', -100, 0, 0, 0)


@attempt
def another_landlock():
    return asked('landlock_create_ruleset', 0, 0, 1)


@attempt
def unknown_call():
    return asked('unknown')


@attempt
def lock_by_raw_call():
    return asked('umask', LOCK)


# --- what the launcher listens to ---


@attempt
def set_mask():
    os.umask(os.umask(0o22))
    return 'did'


@attempt
def lock_again():
    os.umask(LOCK)
    return 'did'


@attempt
def end_early():
    """Ends it, as completed, with what it has written: it may do so by itself."""
    print('did', end='', flush=True)
    os.umask(END)
    sys.exit()


@attempt
def end_with_code():
    os.umask(END | 9)
    sys.exit(9)


@attempt
def words_flood():
    while True:
        try:
            os.pwrite(2, b'a' * 1_000, 0)
        except OSError:
            pass


# --- objects, frames, the interpreter ---


def open_by(posix):
    posix.close(posix.open('/', 0))
    return 'did'


@attempt
def frames():
    """The bootstrap's own variables."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if 'posix' in frame.f_locals:
            return open_by(frame.f_locals['posix'])
    return 'no'


@attempt
def frames_later():
    """Code of its own in the bootstrap's frames, after it has ended."""
    frame = sys._getframe()

    def traced(*_):
        os.open('/', 0)

    while frame is not None:
        frame.f_trace = traced
        frame = frame.f_back
    sys.settrace(traced)
    return 'did'


@attempt
def profile():
    def profiled(*_):
        sys.setprofile(None)
        os.close(os.open('/', 0))

    sys.setprofile(profiled)
    len('')
    return 'did'


@attempt
def every_object():
    for one in gc.get_objects():
        if isinstance(one, dict) and one.get('__name__') == 'posix':
            return open_by(sys.modules['posix'])
    return 'no'


@attempt
def subclasses():
    [found] = [one for one in object.__subclasses__() if one.__name__ == '_wrap_close']
    return 'did' if found.__init__.__globals__['system']('true') == 0 else 'no'


@attempt
def own_finder():
    sys.meta_path.clear()
    sys.modules.pop('_socket', None)
    import _frozen_importlib_external as external

    return 'did' if external.FileFinder('/usr/lib', (external.SourceFileLoader, ['.py'])).find_spec('x') is None else 'no'


@attempt
def at_exit():
    atexit.register(lambda: os.open('/', 0))
    atexit._run_exitfuncs()
    return 'did'


@attempt
def interpreter_function():
    """The interpreter's own way to run a file."""
    ctypes.pythonapi.fopen.restype = ctypes.c_void_p
    return 'did' if ctypes.pythonapi.fopen(b'/etc/passwd', b'r') else 'no'


# --- descriptors ---


@attempt
def close_output():
    os.close(os.dup(1))
    return 'did'


@attempt
def close_input():
    os.close(0)
    return 'did'


@attempt
def duplicate():
    os.dup2(0, 100)
    return 'did'


@attempt
def new_pipe():
    os.close(os.pipe()[0])
    return 'did'


@attempt
def examine_descriptor():
    import fcntl

    return 'did' if fcntl.fcntl(0, fcntl.F_GETFL) >= 0 else 'no'


@attempt
def read_elsewhere():
    """A descriptor that only the outside has."""
    try:
        return 'did' if os.read(3, 1) is not None else 'no'
    except OSError as error:
        return str(error.errno)


# --- limits ---


@attempt
def memory_bomb():
    kept = [bytearray(b'x') * MIB for _ in range(120)]
    return 'did' if len(kept) == 120 else 'no'


@attempt
def object_bomb():
    kept = [[number] for number in range(1_500_000)]
    return 'did' if len(kept) == 1_500_000 else 'no'


@attempt
def never_touched():
    return 'did' if len(bytes(200 * MIB)) == 200 * MIB else 'no'


@attempt
def giant_integer():
    return 'did' if (1 << (8 * 100 * MIB)).bit_length() > 8 else 'no'


@attempt
def giant_text():
    return 'did' if len('ä' * (150 * MIB)) else 'no'


@attempt
def unpacking_bomb():
    packer = zlib.compressobj(9)
    packed = b''.join(packer.compress(bytes(MIB)) for _ in range(100)) + packer.flush()
    return 'did' if len(zlib.decompress(packed)) == 100 * MIB else 'no'


@attempt
def deep_data():
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return json.dumps(nested)


@attempt
def deep_recursion():
    def deeper():
        return deeper() + 1

    return deeper()


@attempt
def deep_stack():
    """Past the interpreter's own limit, so that the process's stack ends first."""
    sys.setrecursionlimit(1_000_000_000)

    class Deep:
        def __getattr__(self, name):
            return getattr(self, name + 'x') if len(name) < 10 else list(map(getattr, [self], [name]))

    return str(Deep().x)


@attempt
def spin():
    while True:
        pass


@attempt
def spin_in_a_pattern():
    re.match(r'(a+)+$', 'a' * 40 + '!')


@attempt
def spin_in_an_integer():
    return str(len(str(pow(random.getrandbits(4_000_000), 7))))


@attempt
def sleep():
    time.sleep(1e6)


@attempt
def wait_for_ever():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


@attempt
def output_flood():
    for _ in range(64):
        os.write(1, bytes(65_536))


@attempt
def exit_code():
    os._exit(7)


@attempt
def abort():
    os.abort()


if sys.argv[1:] == ['--names']:
    print(json.dumps([*ATTEMPTS]))
else:
    sys.stdout.write(str(ATTEMPTS[sys.stdin.read()]()))
    sys.stdout.flush()
