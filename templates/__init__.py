"""公文模板：工作人员可以在 Word、WPS 里改的 docx 底稿，以及生成它们初稿的程序（build.py）。"""
