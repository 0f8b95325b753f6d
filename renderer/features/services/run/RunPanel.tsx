// The run form beside the library: made from the manifest, then the task that came of it.

import { mdiClose, mdiPlay, mdiRefresh, mdiStop } from '@mdi/js';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';
import LinearProgress from '@mui/material/LinearProgress';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { ServiceDetail, ServiceView } from '#schemas';
import { post } from '../../../api/client.ts';
import { useServiceDetail } from '../../../lab/service-details.ts';
import { bytes } from '../../../parts/format.ts';
import { Icon } from '../../../parts/Icon.tsx';
import { showError } from '../../../shell/messages-store.ts';
import { isFinal } from '../../tasks/task-words.ts';
import { formProblems } from './form-model.ts';
import { InputField } from './InputField.tsx';
import { LiveTask } from './LiveTask.tsx';
import { OutputFolder, useOutputFolder } from './OutputFolder.tsx';
import { RunOptions } from './RunOptions.tsx';
import { useRuns } from './run-store.ts';
import { useForm } from './use-form.ts';
import { type Run, useRun } from './use-run.ts';

export function RunPanel({
  service,
  again,
  onClose,
}: {
  readonly service: ServiceView;
  /** A task whose inputs are taken over. */
  readonly again: string | undefined;
  readonly onClose: () => void;
}) {
  const detail = useServiceDetail(service.manifestSha256);
  return (
    <Drawer
      anchor="right"
      open
      onClose={onClose}
      slotProps={{
        paper: {
          role: 'dialog',
          'aria-label': `Run ${service.serviceName}`,
          sx: { width: 'min(600px, 92vw)', display: 'flex', flexDirection: 'column' },
        },
      }}
    >
      <Box
        sx={{
          display: 'flex',
          alignItems: 'center',
          gap: 1,
          px: 2.5,
          py: 1.5,
          borderBottom: 1,
          borderColor: 'divider',
        }}
      >
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Typography variant="h1" component="h2" noWrap>
            {service.serviceName}
          </Typography>
          <Typography noWrap sx={{ fontSize: 12, color: 'text.secondary' }}>
            {service.packageId} {service.version}
          </Typography>
        </Box>
        <IconButton aria-label="Close" onClick={onClose}>
          <Icon path={mdiClose} />
        </IconButton>
      </Box>
      {detail?.phase === 'there' ? (
        <FormAndTask key={service.manifestSha256} detail={detail.detail} service={service} again={again} />
      ) : detail?.phase === 'failed' ? (
        <Alert severity="error" variant="outlined" sx={{ m: 2.5 }}>
          The form can’t be made: {detail.error.message}. Close it and try again.
        </Alert>
      ) : (
        <Box sx={{ p: 2.5 }} aria-busy aria-label="Loading the form">
          <Skeleton variant="rounded" height={120} />
        </Box>
      )}
    </Drawer>
  );
}

function FormAndTask({
  detail,
  service,
  again,
}: {
  readonly detail: ServiceDetail;
  readonly service: ServiceView;
  readonly again: string | undefined;
}) {
  const form = useForm(detail, again);
  const run = useRun();
  const [folder, setFolder] = useOutputFolder();
  const autoSave = useRuns((data) => data.autoSave);
  const [tried, setTried] = useState(false);
  const { fields, values, sources, choices } = form;
  const problems = formProblems(fields, values);
  const inForm = run.state.phase === 'form';
  const lost = again !== undefined && !useRuns.getState().byTask.has(again);

  function start(): void {
    setTried(true);
    if (Object.keys(problems).length > 0) return;
    void run.start({
      service,
      fields,
      values,
      sources,
      choices,
      folder: autoSave ? folder?.handle : undefined,
    });
  }

  return (
    <Box
      component="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (inForm) start();
      }}
      sx={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}
    >
      <Box
        sx={{
          flex: 1,
          minHeight: 0,
          overflow: 'auto',
          p: 2.5,
          display: 'flex',
          flexDirection: 'column',
          gap: 3,
        }}
      >
        {run.task && run.state.phase === 'task' ? (
          <LiveTask task={run.task} />
        ) : (
          <>
            {run.state.phase === 'form' && run.state.error && (
              <Alert severity="error" variant="outlined">
                {run.state.error.message.charAt(0).toUpperCase() + run.state.error.message.slice(1)}.
                <Box sx={{ fontSize: 11, color: 'text.secondary' }}>{run.state.error.code}</Box>
              </Alert>
            )}
            {lost && inForm && (
              <Alert severity="info" variant="outlined">
                The inputs of that task are not kept in this window: choose them again.
              </Alert>
            )}
            {fields.length === 0 && <Typography variant="body2">This service takes no input.</Typography>}
            {fields.map((field) => (
              <InputField
                key={field.name}
                field={field}
                source={sources[field.name] ?? 'file'}
                value={values[field.name]}
                problem={tried || values[field.name] !== undefined ? problems[field.name] : undefined}
                onSource={(source) => form.setSource(field.name, source)}
                onChange={(value) => form.setValue(field.name, value)}
              />
            ))}
            <Section title="Who and when">
              <RunOptions service={detail} choices={choices} onChange={form.setChoices} />
            </Section>
            <Section title="Results">
              <OutputFolder folder={folder} onChange={setFolder} />
            </Section>
          </>
        )}
      </Box>
      <Box sx={{ p: 2, borderTop: 1, borderColor: 'divider' }}>
        <Actions run={run} onAgain={start} />
      </Box>
    </Box>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Box component="section" aria-label={title}>
      <Typography variant="h3" sx={{ mb: 1.25 }}>
        {title}
      </Typography>
      {children}
    </Box>
  );
}

function Actions({ run, onAgain }: { readonly run: Run; readonly onAgain: () => void }) {
  const { state, task } = run;
  const [cancelling, setCancelling] = useState(false);
  if (state.phase === 'uploading')
    return (
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Typography noWrap sx={{ fontSize: 12.5 }}>
            Sending {state.name}: {bytes(state.sentBytes)} of {bytes(state.totalBytes)}
          </Typography>
          <LinearProgress
            variant="determinate"
            aria-label={`Sending ${state.name}`}
            value={state.totalBytes === 0 ? 100 : (state.sentBytes / state.totalBytes) * 100}
          />
        </Box>
        <Button variant="outlined" onClick={run.stop}>
          Cancel
        </Button>
      </Box>
    );
  if (state.phase === 'task' && task) {
    const { taskId } = task;
    return (
      <Box sx={{ display: 'flex', gap: 1, flexDirection: 'row-reverse', justifyContent: 'flex-end' }}>
        <Button onClick={run.reset}>Change the inputs</Button>
        {isFinal(task) ? (
          <Button key="again" variant="contained" startIcon={<Icon path={mdiRefresh} />} onClick={onAgain}>
            Run again
          </Button>
        ) : (
          <Button
            key="cancel"
            color="error"
            variant="outlined"
            loading={cancelling}
            loadingPosition="start"
            startIcon={<Icon path={mdiStop} />}
            onClick={() => {
              setCancelling(true);
              post('task', `/tasks/${encodeURIComponent(taskId)}/cancel`, undefined)
                .catch(showError)
                .finally(() => setCancelling(false));
            }}
          >
            Cancel the task
          </Button>
        )}
      </Box>
    );
  }
  return (
    <Box sx={{ display: 'flex' }}>
      <Button
        type="submit"
        variant="contained"
        loading={state.phase === 'requesting'}
        loadingPosition="start"
        startIcon={<Icon path={mdiPlay} />}
      >
        Run
      </Button>
    </Box>
  );
}
