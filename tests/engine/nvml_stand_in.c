/* Stands in for the NVIDIA driver's libnvidia-ml.so.1, as far as the tool asks it.

   $STAND_IN_GPUS/N is GPU N: a file named like a process id holds the bytes that the process has
   there ("unknown": the driver does not tell), `busy` the percentage of time in which the GPU
   works, `capability` its compute capability in tenths. $STAND_IN_GPUS/cuda holds the newest CUDA
   of the driver (12040 is 12.4), $STAND_IN_GPUS/error holds the code that every call returns from
   now on. */

#include <dirent.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SUCCESS = 0, NOT_SUPPORTED = 3, INSUFFICIENT_SIZE = 7, DRIVER_NOT_LOADED = 9 };

typedef struct {
    unsigned int pid;
    unsigned long long usedGpuMemory;
    unsigned int gpuInstanceId;
    unsigned int computeInstanceId;
} process_info;

typedef struct {
    unsigned int gpu;
    unsigned int memory;
} utilization;

static int is_open;

static void path_of(char *path, size_t size, int device, const char *name) {
    const char *root = getenv("STAND_IN_GPUS");
    if (device < 0)
        snprintf(path, size, "%s/%s", root ? root : "", name);
    else
        snprintf(path, size, "%s/%d/%s", root ? root : "", device, name);
}

static unsigned long long number_in(int device, const char *name, unsigned long long otherwise) {
    char path[4096];
    unsigned long long number = otherwise;
    FILE *file;
    path_of(path, sizeof path, device, name);
    file = fopen(path, "r");
    if (file == NULL)
        return otherwise;
    if (fscanf(file, "%llu", &number) != 1)
        number = otherwise;
    fclose(file);
    return number;
}

static int trouble(void) {
    int error = (int)number_in(-1, "error", SUCCESS);
    return error == SUCCESS && !is_open ? 1 /* uninitialized */ : error;
}

int nvmlInitWithFlags(unsigned int flags) {
    is_open = 1;
    return flags == 0 ? trouble() : 2 /* invalid argument */;
}

int nvmlInit_v2(void) { return nvmlInitWithFlags(0); }

int nvmlShutdown(void) {
    int error = trouble();
    is_open = 0;
    return error;
}

int nvmlDeviceGetCount_v2(unsigned int *count) {
    char path[4096];
    struct stat found;
    for (*count = 0;; ++*count) {
        path_of(path, sizeof path, (int)*count, "");
        if (stat(path, &found) != 0)
            return trouble();
    }
}

int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **device) {
    *device = (void *)(size_t)(index + 1);
    return trouble();
}

int nvmlDeviceGetComputeRunningProcesses_v3(void *device, unsigned int *count, process_info *all) {
    int number = (int)(size_t)device - 1;
    unsigned int room = *count;
    char path[4096];
    struct dirent *entry;
    DIR *folder;
    if (trouble() != SUCCESS)
        return trouble();
    path_of(path, sizeof path, number, "");
    folder = opendir(path);
    *count = 0;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        unsigned int pid = (unsigned int)strtoul(entry->d_name, NULL, 10);
        if (pid == 0)
            continue; /* `busy`, and the folder itself */
        if (*count < room && all != NULL) {
            memset(&all[*count], 0, sizeof all[*count]);
            all[*count].pid = pid;
            all[*count].usedGpuMemory = number_in(number, entry->d_name, ~0ULL);
        }
        ++*count;
    }
    if (folder != NULL)
        closedir(folder);
    return *count > room ? INSUFFICIENT_SIZE : SUCCESS;
}

int nvmlDeviceGetUtilizationRates(void *device, utilization *rates) {
    unsigned long long busy = number_in((int)(size_t)device - 1, "busy", 101);
    if (trouble() != SUCCESS)
        return trouble();
    rates->gpu = (unsigned int)busy;
    rates->memory = 0;
    return busy > 100 ? NOT_SUPPORTED : SUCCESS;
}

int nvmlSystemGetCudaDriverVersion_v2(int *version) {
    *version = (int)number_in(-1, "cuda", 12040);
    return trouble();
}

int nvmlDeviceGetName(void *device, char *name, unsigned int length) {
    snprintf(name, length, "Stand-in %d", (int)(size_t)device - 1);
    return trouble();
}

int nvmlDeviceGetCudaComputeCapability(void *device, int *major, int *minor) {
    unsigned long long tenths = number_in((int)(size_t)device - 1, "capability", 90);
    *major = (int)(tenths / 10);
    *minor = (int)(tenths % 10);
    return trouble();
}

const char *nvmlErrorString(int error) {
    return error == DRIVER_NOT_LOADED ? "Driver Not Loaded" : "Some Other Error";
}

/* For the test that compares these structures with those of pynvml. */
size_t stand_in_layout(unsigned int fact) {
    const size_t facts[] = {
        sizeof(process_info),
        offsetof(process_info, pid),
        offsetof(process_info, usedGpuMemory),
        offsetof(process_info, gpuInstanceId),
        offsetof(process_info, computeInstanceId),
        sizeof(utilization),
        offsetof(utilization, gpu),
        offsetof(utilization, memory),
    };
    return facts[fact];
}
