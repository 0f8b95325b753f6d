# What Python runs before the service's code is there, and how it then runs that code. Part of the launcher.
# Order: load what services import, warm what is used later, close descriptor 2, ask the launcher for the lock, and only
# then read the first byte of the input pipe. The seccomp filter is the wall; what is hidden here is courtesy.


def start():
    import _imp
    import marshal
    import posix
    import sys
    import zlib
    from _frozen_importlib import BuiltinImporter, FrozenImporter, ModuleSpec
    from io import TextIOBase

    LOCK = 0x0AB10000
    END = 0x0AB20000
    FAILED, BROKE_OUT, OUT_OF_MEMORY = 1, 3, 256
    INPUT, WORDS = 0, 2
    CHUNK, WORDS_MAX = 65_536, 400
    CANARY = 1
    EXTENSIONS = ('_bz2', '_contextvars', '_decimal', '_json', '_lzma', '_typing')

    class Library:
        """Finds every module that is not built in, in what was read at the start: there are no files later."""

        def __init__(self, path):
            with open(path, 'rb', buffering=0) as file:
                self.early, self.late = marshal.loads(file.read())

        def find_spec(self, name, path=None, target=None):
            entry = self.early.get(name) or self.late.get(name)
            return entry and ModuleSpec(name, self, origin='sandbox', is_package=entry[0])

        def create_module(self, spec):
            return None

        def exec_module(self, module):
            name = module.__spec__.name
            _, code = self.early.pop(name, None) or self.late[name]
            exec(marshal.loads(zlib.decompress(code)) if isinstance(code, bytes) else code, module.__dict__)

    class Words(TextIOBase):
        """Standard error. What was said last is in the report of a service that fails."""

        encoding = 'utf-8'
        errors = 'backslashreplace'
        text = ''

        def writable(self):
            return True

        def write(self, text):
            self.text = (self.text + text[-WORDS_MAX:])[-WORDS_MAX:]
            return len(text)

    def random_source():
        """What random, secrets and uuid draw from: 64 bytes of the kernel's, stretched by SHAKE256."""
        from _sha3 import shake_256

        state = posix.urandom(64)

        def urandom(size, /):
            nonlocal state
            out = shake_256(b'out' + state).digest(size)
            state = shake_256(b'next' + state).digest(64)
            return out

        return urandom

    def load():
        import builtins

        library = Library('lib/modules')
        sys.meta_path[:] = [BuiltinImporter, FrozenImporter, library]
        sys.path_hooks.clear()
        sys.path.clear()
        sys.path_importer_cache.clear()
        for name in EXTENSIONS:
            module = _imp.create_dynamic(ModuleSpec(name, None, origin=f'lib/python/{name}.so'))
            sys.modules[name] = module
            _imp.exec_dynamic(module)
        # Before the first import of os, which takes them from here.
        posix.urandom = random_source()
        machine = posix.uname().machine
        posix.uname = lambda: posix.uname_result(('Linux', 'sandbox', '', '', machine))
        import os
        import time

        # Time zones are read from files: the sandbox's is UTC.
        os.environ['TZ'] = 'UTC'
        # The launcher's, for the C library; none of a service's business.
        os.environ.pop('MALLOC_ARENA_MAX', None)
        time.tzset()
        for name in [*library.early]:
            __import__(name)
        builtins.exit = builtins.quit = sys.exit
        sys.argv[:] = ['service']

    def say(text):
        # A position makes it pwrite64, to a descriptor that does not exist: the launcher takes the bytes.
        posix.pwrite(WORDS, text[-WORDS_MAX:].encode('utf-8', 'replace'), 0)

    def read_exactly(size):
        parts = []
        while size > 0:
            part = posix.read(INPUT, min(size, CHUNK))
            if not part:
                break
            parts.append(part)
            size -= len(part)
        return b''.join(parts)

    def compiled(source):
        # For the text of a syntax error CPython opens the file of that name; a name that can't be one is not opened.
        no_file = '<service\ud800>'
        try:
            code = compile(source, no_file, 'exec', dont_inherit=True, optimize=0)
        except SyntaxError as error:
            error.filename = '<service>'
            raise
        _imp._fix_co_filename(code, '<service>')
        return code

    def run(source):
        import types

        main = types.ModuleType('__main__')
        main.__builtins__ = __builtins__
        sys.modules['__main__'] = main
        try:
            exec(compiled(source), main.__dict__)
        finally:
            finish()

    def finish():
        import atexit

        atexit._run_exitfuncs()
        sys.stdout.flush()
        if sys.stdout is not sys.__stdout__:
            sys.__stdout__.flush()

    def described(error):
        """The last line of its traceback, and the line of the service where it came from."""
        from traceback import format_exception_only

        text = format_exception_only(error)[-1].strip()
        line = error.lineno if isinstance(error, SyntaxError) else None
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == '<service>':
                line = trace.tb_lineno
            trace = trace.tb_next
        if line is not None:
            text += f' (line {line})'
        if isinstance(error, ModuleNotFoundError):
            text += '; services/README.md says which modules there are'
        return text

    def exited(code):
        if code is None or code == 0:
            return 0
        if not isinstance(code, int):
            say(str(code))
            return FAILED
        if isinstance(sys.stderr, Words):
            say(sys.stderr.text)
        return code & 0xFF or FAILED

    def serve():
        header = read_exactly(5)
        size = int.from_bytes(header[1:], 'big')
        source = read_exactly(size)
        if len(header) < 5 or len(source) < size:
            say('no code came, or it was cut short')
            return FAILED
        if header[0] == CANARY:
            # The launcher's own test: what it must not be able to do.
            posix.open('/', posix.O_RDONLY)
            return BROKE_OUT
        try:
            run(source)
        except SystemExit as error:
            return exited(error.code)
        except MemoryError:
            return OUT_OF_MEMORY
        except BaseException as error:
            say(described(error))
            return FAILED
        return 0

    def outcome():
        try:
            return serve()
        except MemoryError:
            return OUT_OF_MEMORY
        except BaseException as error:
            say(type(error).__name__)
            return FAILED

    def warm():
        """What nearly every service does, so that nothing is made for the first time after the lock."""
        import gc

        exec(compile('def f(x): return f"{x:.2f}" + str(sorted({2: 3}))\nf(1.5)', '<warm>', 'exec'), {})
        gc.collect()
        gc.freeze()

    load()
    sys.stderr = sys.__stderr__ = Words()
    warm()
    posix.close(WORDS)
    posix.umask(LOCK)
    posix.umask(END | outcome())


start()
