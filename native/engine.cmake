# diffusion-rs-sys leaves the fast matrix kernels off and switches OpenMP off; on a CPU the two are
# worth a third of the time.
set(GGML_LLAMAFILE ON CACHE BOOL "" FORCE)
if(CMAKE_HOST_SYSTEM_NAME STREQUAL "Linux")
  set(GGML_OPENMP ON CACHE BOOL "" FORCE)
endif()
