// A program that needs a loader: the launcher refuses it.
int main(void) { return 0; }
