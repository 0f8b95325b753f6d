// Tasks: the list, and one task in full.

import { Route, Routes } from 'react-router';
import { TaskList } from './TaskList.tsx';
import { TaskPage } from './TaskPage.tsx';

export function TasksPage() {
  return (
    <Routes>
      <Route path=":taskId" element={<TaskPage />} />
      <Route path="*" element={<TaskList />} />
    </Routes>
  );
}
