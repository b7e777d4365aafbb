# gh_folder(NAME DEPENDS other folders… LINK libraries… HEADERS_LINK libraries…)
#
# One folder of src/ is one static library target `gh_NAME`, made of every .cc in it.
# DEPENDS names lower folders (tools/check_layers holds the includes against the layer table),
# LINK the libraries that only its .cc files include, HEADERS_LINK those its headers need too.
function(gh_folder name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK;HEADERS_LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  add_library(gh_${name} STATIC ${sources})
  target_include_directories(gh_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(gh_${name} PRIVATE ${ARG_LINK})
  target_link_libraries(gh_${name} PUBLIC ${ARG_HEADERS_LINK})
  gh_use_precompiled(gh_${name} precompiled_common)
  foreach(dep ${ARG_DEPENDS})
    target_link_libraries(gh_${name} PUBLIC gh_${dep})
  endforeach()
endfunction()
