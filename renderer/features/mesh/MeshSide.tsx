// Beside the drawing: what is chosen, or everything as tables. A change of the chosen one is said aloud.

import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { MeshSource } from './data/mesh-source.ts';
import type { MeshAddress } from './data/use-mesh-address.ts';
import type { Graph } from './graph-model.ts';
import { qualityLabel } from './mesh-words.ts';
import { LinkPanel } from './panels/LinkPanel.tsx';
import { MeshTables } from './panels/MeshTables.tsx';
import { NodePanel } from './panels/NodePanel.tsx';
import { PanelHead } from './panels/PanelHead.tsx';

export interface MeshSideProps {
  readonly graph: Graph;
  readonly source: MeshSource;
  readonly address: MeshAddress;
  readonly found: ReadonlySet<string> | undefined;
  readonly routesOnly: boolean;
  readonly onNode: (id: string) => void;
  readonly onEdge: (id: string) => void;
  readonly onBack: () => void;
  readonly onTrace: (to: string | undefined) => void;
}

export function MeshSide(props: MeshSideProps) {
  const { graph, source, address, onBack } = props;
  const node = address.node === undefined ? undefined : graph.nodes.get(address.node);
  const edge = address.link === undefined ? undefined : graph.edges.get(address.link);
  const gone = address.node ?? address.link;
  const said = node
    ? `${node.id}: ${node.state}, ${node.links} links`
    : edge
      ? `${edge.id}: ${qualityLabel[edge.word]}`
      : '';
  return (
    <Box
      component="aside"
      aria-label="Phones and links"
      sx={{
        width: { xs: 300, md: 350, lg: 430 },
        flexShrink: 0,
        borderLeft: 1,
        borderColor: 'divider',
        bgcolor: 'background.paper',
        minHeight: 0,
      }}
    >
      <Box
        component="span"
        aria-live="polite"
        sx={{ position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' }}
      >
        {said}
      </Box>
      {node ? (
        <NodePanel
          key={node.id}
          node={node}
          graph={graph}
          source={source}
          to={address.to}
          onBack={onBack}
          onEdge={props.onEdge}
          onTrace={props.onTrace}
        />
      ) : edge ? (
        <LinkPanel
          key={edge.id}
          edge={edge}
          simulated={source.simulation !== undefined}
          onBack={onBack}
          onNode={props.onNode}
        />
      ) : gone !== undefined && graph.nodes.size > 0 ? (
        <Box sx={{ p: 2 }}>
          <PanelHead title={gone} onBack={onBack} />
          <Typography color="text.secondary">It is not in the mesh any more.</Typography>
        </Box>
      ) : (
        <MeshTables
          graph={graph}
          what={source.simulation ? 'Nodes' : 'Phones'}
          found={props.found}
          routesOnly={props.routesOnly}
          onNode={props.onNode}
          onEdge={props.onEdge}
        />
      )}
    </Box>
  );
}
