export function MeshPage() {
  return null;
}
