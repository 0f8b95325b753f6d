// Which program is run, by what, with how much, and what it reads; progress and cancelling of the one that runs.

import { mdiPlay, mdiStop } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import { guessRuntime } from '#base';
import { post } from '../../api/client.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { showError } from '../../shell/messages-store.ts';
import { FileInput } from '../services/run/FileInput.tsx';
import type { FormField, PickedFile } from '../services/run/form-model.ts';
import { busyWith, isTrying, noteTry, useSandbox } from './sandbox-store.ts';
import { knownRuntimes, runtimeName } from './sandbox-words.ts';
import {
  emptyTry,
  FILE_MAX_BYTES,
  type TryForm as Form,
  MEMORY_MAX_MB,
  memoryOf,
  type Runtime,
  SECONDS_MAX,
  secondsOf,
  tryProblem,
} from './try-model.ts';
import { useTry } from './use-try.ts';

const BY_FILE = 'file';
const anyFile = (name: string): FormField => ({
  ...{ name, description: undefined, mediaType: 'application/octet-stream', required: true, schema: {} },
  ...{ maxBytes: FILE_MAX_BYTES, sources: ['file'], widget: 'text', choices: [] },
});
const programField = anyFile('program');
const inputField = anyFile('input');

export function TryForm({ connected }: { readonly connected: boolean }) {
  const [form, setForm] = useState<Form>(emptyTry);
  const change = (part: Partial<Form>) => setForm((before) => ({ ...before, ...part }));
  const guess = useGuess(form.program);
  const busy = useSandbox(busyWith);
  const trying = useSandbox(({ tried }) => isTrying(tried));
  const { sending, starting, start, stopSending } = useTry();
  const problem = tryProblem(form, guess);
  return (
    <Panel title="Try your own">
      <Box
        component="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void start(form);
        }}
        sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}
      >
        <Box role="group" aria-label="Program">
          <FileInput
            field={programField}
            picked={form.program}
            problem={undefined}
            describedBy="try-program-means"
            onPick={(program) => change({ program })}
          />
          <Typography id="try-program-means" sx={{ fontSize: 12, color: 'text.secondary', mt: 0.5 }}>
            A static ELF, .wasm, .js, .jar or .py
          </Typography>
        </Box>
        <TextField
          select
          label="Runtime"
          value={form.runtime ?? BY_FILE}
          onChange={({ target }) =>
            change({ runtime: target.value === BY_FILE ? undefined : (target.value as Runtime) })
          }
        >
          <MenuItem value={BY_FILE}>{byFile(form.program, guess)}</MenuItem>
          {knownRuntimes.map((runtime) => (
            <MenuItem key={runtime} value={runtime}>
              {runtimeName(runtime)}
            </MenuItem>
          ))}
        </TextField>
        <Box sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 1.5 }}>
          <NumberField
            label="Memory, MB"
            value={form.memory}
            valid={memoryOf(form) !== undefined}
            means={`1 to ${MEMORY_MAX_MB}`}
            onChange={(memory) => change({ memory })}
          />
          <NumberField
            label="Time, s"
            value={form.seconds}
            valid={secondsOf(form) !== undefined}
            means={`1 to ${SECONDS_MAX}`}
            onChange={(seconds) => change({ seconds })}
          />
        </Box>
        <Input form={form} change={change} />
        {trying ? (
          <Cancel connected={connected} />
        ) : sending ? (
          <Box>
            <LinearProgress
              aria-label="Sent"
              variant="determinate"
              value={sending.percent}
              sx={{ mb: 0.75 }}
            />
            <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
              <Typography sx={{ ...small, flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
                Sending {sending.name} to the lab host: {Math.floor(sending.percent)} %
              </Typography>
              <Button color="error" startIcon={<Icon path={mdiStop} />} onClick={stopSending}>
                Cancel
              </Button>
            </Box>
          </Box>
        ) : (
          <>
            <Button
              type="submit"
              variant="contained"
              startIcon={<Icon path={mdiPlay} />}
              disabled={!connected || starting || busy !== undefined || problem !== undefined}
            >
              {starting ? 'Starting …' : 'Run it'}
            </Button>
            {(busy !== undefined || (form.program && problem !== undefined)) && (
              <Typography sx={small}>{busy ? `${busy}; wait for its end.` : problem}</Typography>
            )}
          </>
        )}
      </Box>
    </Panel>
  );
}

const small = { fontSize: 12, color: 'text.secondary' } as const;

function byFile(program: PickedFile | undefined, guess: Runtime | undefined): string {
  if (!program) return 'As the file says';
  return guess ? `As the file says: ${runtimeName(guess)}` : 'The file doesn’t tell';
}

/** What the file says of itself, by its first bytes or its name. */
function useGuess(program: PickedFile | undefined): Runtime | undefined {
  const [guess, setGuess] = useState<Runtime>();
  useEffect(() => {
    let current = true;
    setGuess(undefined);
    program?.file
      ?.slice(0, 4_096)
      .arrayBuffer()
      .then((head) => {
        if (current) setGuess(guessRuntime(program.name, new Uint8Array(head)));
      })
      .catch(showError);
    return () => {
      current = false;
    };
  }, [program]);
  return guess;
}

function NumberField({
  label,
  value,
  valid,
  means,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly valid: boolean;
  readonly means: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <TextField
      label={label}
      value={value}
      error={!valid}
      helperText={means}
      onChange={({ target }) => onChange(target.value)}
      slotProps={{ htmlInput: { inputMode: 'numeric' } }}
    />
  );
}

function Input({ form, change }: { readonly form: Form; readonly change: (part: Partial<Form>) => void }) {
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, justifyContent: 'space-between' }}>
        <Typography id="try-input" sx={{ fontSize: 13 }}>
          What it reads
        </Typography>
        <ToggleButtonGroup
          exclusive
          size="small"
          value={form.inputKind}
          aria-labelledby="try-input"
          onChange={(_event, inputKind: Form['inputKind'] | null) => inputKind && change({ inputKind })}
        >
          {(['none', 'text', 'file'] as const).map((kind) => (
            <ToggleButton
              key={kind}
              value={kind}
              sx={{ px: 1.25, py: 0.25, color: 'text.secondary', textTransform: 'none' }}
            >
              {{ none: 'Nothing', text: 'Text', file: 'A file' }[kind]}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </Box>
      {form.inputKind === 'text' && (
        <TextField
          multiline
          minRows={3}
          maxRows={10}
          label="Text for the input pipe"
          value={form.inputText}
          onChange={({ target }) => change({ inputText: target.value })}
        />
      )}
      {form.inputKind === 'file' && (
        <Box role="group" aria-label="Input file">
          <FileInput
            field={inputField}
            picked={form.inputFile}
            problem={undefined}
            describedBy="try-input"
            onPick={(inputFile) => change({ inputFile })}
          />
        </Box>
      )}
    </Box>
  );
}

function Cancel({ connected }: { readonly connected: boolean }) {
  const [ending, setEnding] = useState(false);
  return (
    <Button
      color="error"
      variant="outlined"
      startIcon={<Icon path={mdiStop} />}
      disabled={!connected || ending}
      onClick={() => {
        setEnding(true);
        post('sandboxTry', '/sandbox/try/cancel', undefined)
          .then(noteTry, showError)
          .finally(() => setEnding(false));
      }}
    >
      {ending ? 'Ending …' : 'Cancel'}
    </Button>
  );
}
