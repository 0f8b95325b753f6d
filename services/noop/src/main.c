// org.abhaya.noop: does nothing, successfully. What a task costs beside its work is measured with it.
int main(void) { return 0; }
