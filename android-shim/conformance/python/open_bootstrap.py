# The bootstrap of the conformance suite's own launcher: the same lock, but nothing is hidden, and all that an attacker
# would like to have is loaded: foreign functions, sockets, processes. So what is tested is the wall alone.
# With the path of a program it runs that outside, without a lock: the control of each attempt.


def start():
    import _imp
    import marshal
    import posix
    import sys
    import zlib
    from _frozen_importlib import ModuleSpec

    LOCK, END = 0x0AB10000, 0x0AB20000
    EXTENSIONS = (
        '_bz2 _contextvars _ctypes _decimal _json _lzma _multiprocessing _posixshmem _queue _typing mmap resource termios'
    )
    outside = sys.argv[1:]

    class Library:
        def __init__(self):
            self.modules = {}
            for name in ('modules', 'attack-modules'):
                with open(f'{sys.prefix}/lib/{name}', 'rb') as file:
                    for one in marshal.loads(file.read()):
                        self.modules.update(one)

        def find_spec(self, name, path=None, target=None):
            entry = self.modules.get(name)
            return entry and ModuleSpec(name, self, is_package=entry[0])

        def create_module(self, spec):
            return None

        def exec_module(self, module):
            code = self.modules[module.__spec__.name][1]
            exec(marshal.loads(zlib.decompress(code)) if isinstance(code, bytes) else code, module.__dict__)

    sys.path.clear()
    sys.meta_path.append(Library())
    for name in EXTENSIONS.split():
        sys.modules[name] = _imp.create_dynamic(ModuleSpec(name, None, origin=f'{sys.prefix}/lib/python/{name}.so'))
        _imp.exec_dynamic(sys.modules[name])
    # selectors would try them while it is imported.
    select = __import__('select')
    del select.epoll, select.poll

    def read_exactly(size):
        data = b''
        while len(data) < size:
            data += posix.read(0, size - len(data)) or sys.exit('no code came')
        return data

    def run(source):
        main = type(sys)('__main__')
        sys.modules['__main__'] = main
        exec(compile(source, '<attempts>', 'exec'), main.__dict__)
        sys.stdout.flush()

    if outside:
        with open(outside[0], 'rb') as file:
            source = file.read()
        sys.argv[:] = outside
        return run(source)

    posix.close(2)
    posix.umask(LOCK)
    code = 0
    try:
        header = read_exactly(5)
        if header[0] == 1:
            posix.open('/', posix.O_RDONLY)
        run(read_exactly(int.from_bytes(header[1:], 'big')))
    except SystemExit as error:
        code = error.code or 0
    except MemoryError:
        code = 256
    except BaseException as error:
        posix.pwrite(2, f'{type(error).__name__}: {error}'[:400].encode(), 0)
        code = 1
    posix.umask(END | code)


start()
